# Starts redis-server, sends it so many requests of each kind by fifty connections, and ends it. RUN comes before each
# program (QEMU and its files), BIN is the folder they are in, PORT is one that nobody else has.
: "${PORT:=6379}"
$RUN ${BIN}redis-server --port "$PORT" --save '' --appendonly no > /dev/null &
until $RUN ${BIN}redis-cli -p "$PORT" ping > /dev/null 2>&1; do sleep 0.1; done
if [ "$1" -gt 0 ]; then $RUN ${BIN}redis-benchmark -p "$PORT" -t ping_mbulk,set,get -n "$1" -q > /dev/null; fi
$RUN ${BIN}redis-cli -p "$PORT" shutdown nosave
wait
echo served "$1"
