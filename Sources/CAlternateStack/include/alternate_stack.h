#ifndef PULSE_ALTERNATE_STACK_H
#define PULSE_ALTERNATE_STACK_H

/*
 * Linking this target gives every thread of the process a stack of its own for signal handlers, so that a handler with
 * SA_ONSTACK runs even after the thread's own stack is used up (sigaltstack(2)). Threads of libdispatch and of C
 * libraries are made by pthread_create(3) only, so this takes its place (ld.so(8), symbol precedence) and passes on.
 */

/* Bytes of such a stack; nothing of it is used before a handler runs. */
enum { pulse_alternate_stack_size = 65536 };

#endif
