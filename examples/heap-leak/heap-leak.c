/* heap-leak: a program that gives memory back stays as it is; one that forgets to grows. */
#include "../lib/example.h"

enum { BLOCK = 8192, REQUESTS = 50 };

static char *handle_request(int number)
{
    char *answer = malloc(BLOCK);
    memset(answer, number, BLOCK);
    return answer;
}

int main(int argc, char **argv)
{
    free(handle_request(0));
    printf("1. the heap after one request\n");
    until_ms(10);
    for (int i = 0; i < REQUESTS; i++)
        free(handle_request(i));
    printf("2. after %d more, each given back with free\n", REQUESTS);
    until_ms(20);
    for (int i = 0; i < REQUESTS; i++)
        handle_request(i);
    printf("3. after %d more that nobody gave back: %d bytes are lost\n", REQUESTS, REQUESTS * BLOCK);
    until_ms(30);
    return 0;
}
