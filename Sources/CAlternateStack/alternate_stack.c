#define _GNU_SOURCE
#include "alternate_stack.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef int (*create_function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct beginning {
    void *(*routine)(void *);
    void *argument;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static create_function create;
static pthread_key_t stack_key;
static int has_key;

/* Runs when a thread ends, however it ends. */
static void give_back(void *memory) {
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, 0);
    munmap(memory, pulse_alternate_stack_size);
}

static void prepare(void) {
    create = (create_function)dlsym(RTLD_NEXT, "pthread_create");
    has_key = pthread_key_create(&stack_key, give_back) == 0;
}

/* The calling thread's stack for handlers; null where the system has no room: the thread works as well without. */
static void *take_stack(void) {
    void *memory = mmap(
        0, pulse_alternate_stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return 0;
    stack_t stack = {.ss_sp = memory, .ss_size = pulse_alternate_stack_size};
    if (!sigaltstack(&stack, 0)) return memory;
    munmap(memory, pulse_alternate_stack_size);
    return 0;
}

/* The first thread, which nobody makes; its stack is kept until the process ends. */
__attribute__((constructor)) static void take_first_stack(void) {
    stack_t present;
    if (!sigaltstack(0, &present) && present.ss_flags & SS_DISABLE) take_stack();
}

static void *begin(void *given) {
    struct beginning beginning = *(struct beginning *)given;
    free(given);
    void *memory = take_stack();
    if (memory && pthread_setspecific(stack_key, memory)) give_back(memory);
    return beginning.routine(beginning.argument);
}

int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument) {
    pthread_once(&once, prepare);
    if (!create) return ENOSYS;
    struct beginning *beginning = has_key ? malloc(sizeof *beginning) : 0;
    if (!beginning) return create(thread, attributes, routine, argument);
    beginning->routine = routine;
    beginning->argument = argument;
    int code = create(thread, attributes, begin, beginning);
    if (code) free(beginning);
    return code;
}
