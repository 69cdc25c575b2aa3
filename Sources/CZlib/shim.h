#ifndef PULSE_CZLIB_SHIM_H
#define PULSE_CZLIB_SHIM_H

/* compress2, uncompress and compressBound: whole buffers, no streams. */
#include <zlib.h>

#endif
