# twice: the same program started twice is two processes.
sleep 0.02 &
first=$!
sleep 0.02 &
second=$!
echo "the same program, sleep, runs as process $first and as process $second"
wait
