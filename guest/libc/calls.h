/* Prints a call's text, its result, and the error's name. */
#define SAY(format, ...) (printf(format "\n", ##__VA_ARGS__), fflush(stdout))
#define R(call) tell(#call, (long)(call))

static inline long tell(const char *call, long result)
{
    SAY("%s = %ld%s%s", call, result, result < 0 ? " " : "", result < 0 ? strerrorname_np(errno) : "");
    return result;
}
