/* Limits of descriptors and of file sizes, and the signal of the latter. */
#define _GNU_SOURCE
#include <stdio.h>
#include <errno.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include "calls.h"
static void on(int s){ SAY("signal %d", s == SIGXFSZ); }
int main(){
 struct rlimit r={1<<20,1<<20};
 R(setrlimit(RLIMIT_NOFILE,&r));
 int s; R(dup2(1,1000000)); R(write(1000000,"hi\n",3)); R(fcntl(1000000,F_GETFD));
 for(int i=0;i<5;i++){ if(!fork()) _exit(0); wait(0);} 
 R(dup2(1,(1<<20)-1)); R(dup2(1,1<<20)); R(fcntl(1,F_DUPFD,1<<20)); R(fcntl(1,F_DUPFD,(1<<20)-1)); close(1000000);
 r.rlim_cur=(1<<20)+1; r.rlim_max=(1<<20)+1; R(setrlimit(RLIMIT_NOFILE,&r));
 getrlimit(RLIMIT_NOFILE,&r); r.rlim_cur=5; R(setrlimit(RLIMIT_NOFILE,&r)); R(open("/",0)); R(open("/",0)); R(open("/",0)); int p[2]; R(pipe(p)); R(dup(0)); R(dup2(0,7)); R(dup2(0,4));
 close(3); close(4);
 r.rlim_cur=5000; r.rlim_max=5000; R(setrlimit(RLIMIT_FSIZE,&r)); signal(SIGXFSZ,on);
 int f=open("lim",O_RDWR|O_CREAT|O_TRUNC,0600); char b[8192]={0}; R(write(f,b,8192)); R(write(f,b,1)); R(ftruncate(f,5001)); R(ftruncate(f,4000)); R(truncate("lim",6000)); R(fallocate(f,0,0,6000)); R(fallocate(f,1,0,6000)); R(pwrite(f,b,10,4995)); R(pwrite(f,b,1,5000)); R(posix_fallocate(f,0,5001)); struct stat st; fstat(f,&st); SAY("%ld",(long)st.st_size);
 return 0;}
