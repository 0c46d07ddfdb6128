/* $((…)): integers, variables, parentheses, and the operators of C by precedence. */
#include "sh.h"

static const char *at;

static const struct {
    char text[3];
    int level;
} operators[] = {
    {"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7}, {"<<", 8}, {">>", 8}, {"|", 3},
    {"^", 4},  {"&", 5},  {"<", 7},  {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
};

static long apply(const char *op, long a, long b)
{
    if ((*op == '/' || *op == '%') && b == 0) {
        dprintf(2, "sh: division by zero\n");
        return 0;
    }
    switch (*op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return a / b;
    case '%': return a % b;
    case '^': return a ^ b;
    case '=': return a == b;
    case '!': return a != b;
    case '|': return op[1] ? a || b : a | b;
    case '&': return op[1] ? a && b : a & b;
    case '<': return op[1] == '=' ? a <= b : op[1] ? a << b : a < b;
    default: return op[1] == '=' ? a >= b : op[1] ? a >> b : a > b;
    }
}

static void blanks(void)
{
    while (isspace(*at))
        at++;
}

static long binary(int level);

static long variable(size_t n)
{
    char *name = take_text(at, n);
    at += n;
    blanks();
    const char *text = get_var(name);
    long value = text ? strtol(text, NULL, 0) : 0;
    char op[2] = {*at && strchr("+-*/%", *at) && at[1] == '=' ? *at++ : 0, 0};
    if (*at != '=' || at[1] == '=')
        return value;
    at++;
    char number[24];
    long right = binary(1);
    value = *op ? apply(op, value, right) : right;
    snprintf(number, sizeof number, "%ld", value);
    set_var(name, number);
    return value;
}

static long unary(void)
{
    blanks();
    char c = *at;
    size_t n = name_length(at);
    if (n)
        return variable(n);
    if (isdigit(c))
        return strtol(at, (char **)&at, 0);
    at += c != 0;
    switch (c) {
    case '-': return -unary();
    case '+': return unary();
    case '!': return !unary();
    case '~': return ~unary();
    case '(': {
        long value = binary(1);
        blanks();
        at += *at == ')';
        return value;
    }
    default: return 0;
    }
}

static long binary(int level)
{
    long left = unary();
    for (;;) {
        int i = 0;
        for (blanks(); i < LENGTH(operators) && !starts_with(at, operators[i].text);)
            i++;
        if (i == LENGTH(operators) || operators[i].level < level)
            return left;
        at += strlen(operators[i].text);
        left = apply(operators[i].text, left, binary(operators[i].level + 1));
    }
}

long arithmetic(const char *s)
{
    const char *outer = at;
    at = s;
    long value = binary(1);
    blanks();
    if (*at)
        dprintf(2, "sh: arithmetic: unexpected '%s'\n", at);
    at = outer;
    return value;
}
