#ifndef PULSE_CNCURSES_SHIM_H
#define PULSE_CNCURSES_SHIM_H

/* Wide characters and extended colours; names stay functions, so that Swift can call them. */
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#define NCURSES_OPAQUE 1
#define NCURSES_NOMACROS 1
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <curses.h>

/* From <term.h>, whose hundreds of macros (columns, lines, tab, ...) nobody wants to import. */
extern NCURSES_CONST char *const boolnames[];
extern NCURSES_CONST char *const numnames[];
extern NCURSES_CONST char *const strnames[];
extern int setupterm(const char *, int, int *);
extern int tigetflag(const char *);
extern int tigetnum(const char *);
extern char *tigetstr(const char *);
struct term;
extern struct term *cur_term;
extern int del_curterm(struct term *);
extern char *tiparm(const char *, ...);

/* Macros with casts, which Swift does not import. */
static inline attr_t pulse_attr_bold(void) { return A_BOLD; }
static inline attr_t pulse_attr_dim(void) { return A_DIM; }
static inline attr_t pulse_attr_italic(void) { return A_ITALIC; }
static inline attr_t pulse_attr_underline(void) { return A_UNDERLINE; }
static inline attr_t pulse_attr_reverse(void) { return A_REVERSE; }

/* setcchar with a pair above 255: the pair travels through the last argument. */
static inline int pulse_setcchar(cchar_t *cell, const wchar_t *text, attr_t attributes, int pair) {
    return setcchar(cell, text, attributes, 0, &pair);
}

/* The global names of terminfo's capabilities, null at the end. */
static inline const char *pulse_boolean_name(int index) { return boolnames[index]; }
static inline const char *pulse_number_name(int index) { return numnames[index]; }
static inline const char *pulse_string_name(int index) { return strnames[index]; }

/* tigetstr says "no such capability" with a null and "not a string" with -1. */
static inline const char *pulse_terminfo_string(const char *name) {
    const char *value = tigetstr((char *)name);
    return (intptr_t)value == -1 ? 0 : value;
}

/* One-based parameters are added by the capability itself. */
static inline const char *pulse_expand2(const char *capability, int first, int second) {
    return tiparm(capability, first, second);
}

/* ioctl is variadic. */
static inline int pulse_window_size(int descriptor, struct winsize *size) {
    return ioctl(descriptor, TIOCGWINSZ, size);
}

/* Globals that newterm and start_color set; Swift refuses shared variables. */
static inline int pulse_color_count(void) { return COLORS; }
static inline int pulse_pair_count(void) { return COLOR_PAIRS; }

/* Glibc's module lacks <sys/eventfd.h>. */
static inline int pulse_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/* memfd_create(2), which its header shows only to _GNU_SOURCE; 1 is MFD_CLOEXEC. */
static inline int pulse_memory_file(void) { return (int)syscall(SYS_memfd_create, "pulse-screen", 1u); }

/* Columns as the C library, and with it ncurses, counts them; Glibc's module hides this function. */
extern int wcwidth(wchar_t);
static inline int pulse_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

/* sched_setattr(2), for which glibc 2.36 has no function: how long a thread of the usual kind wants to run at a time. */
static inline void pulse_short_turns(uint64_t nanoseconds) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {0};
    if (syscall(SYS_sched_getattr, 0, &attributes, (unsigned)sizeof attributes, 0u) || attributes.policy) return;
    attributes.size = sizeof attributes;
    attributes.flags = 0;
    attributes.runtime = nanoseconds;
    syscall(SYS_sched_setattr, 0, &attributes, 0u);
}

/* The global that newterm sets is not imported as a value that can change. */
static inline void pulse_forget_terminal(void) {
    if (cur_term) del_curterm(cur_term);
}
#endif
