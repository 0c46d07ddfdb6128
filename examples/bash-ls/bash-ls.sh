#!/bin/bash
# bash-ls: a shell starts a program by fork and exec.
echo "I am bash, process $$"
ls /
echo "ls has ended with status $?"
