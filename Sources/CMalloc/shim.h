#ifndef PULSE_CMALLOC_SHIM_H
#define PULSE_CMALLOC_SHIM_H

/* mallopt, which the module of the C library leaves out. */
#include <malloc.h>

#endif
