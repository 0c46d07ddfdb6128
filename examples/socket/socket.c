/* socket: two processes talk over a pair of connected sockets, in both directions. */
#include "../lib/example.h"

enum { AF_UNIX = 1, SOCK_STREAM = 1 };

static void NORETURN be_server(int end)
{
    char text[32];
    ssize_t n = read(end, text, sizeof text); /* blocked until the client has asked */
    printf("server: was asked \"%.*s\"\n", (int)n, text);
    until_ms(20);
    for (int i = 0; i < n; i++)
        text[i] = toupper(text[i]);
    write(end, text, n);
    exit(0);
}

int main(int argc, char **argv)
{
    int ends[2];
    char answer[32];
    until_ms(0);
    syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, ends);
    int server = fork();
    if (server == 0) {
        close(ends[0]);
        be_server(ends[1]);
    }
    close(ends[1]);
    until_ms(10);
    write(ends[0], "hello", 5);
    ssize_t n = read(ends[0], answer, sizeof answer); /* blocked until the server has answered */
    printf("client: was answered \"%.*s\"\n", (int)n, answer);
    waitpid(server, NULL, 0);
    return 0;
}
