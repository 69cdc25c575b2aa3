#ifndef PULSE_CLIBPQ_SHIM_H
#define PULSE_CLIBPQ_SHIM_H

/* Debian keeps it in a folder of its own. */
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

/* Macros of postgres_ext.h are character constants, which Swift does not import. */
enum { pulse_pg_severity = PG_DIAG_SEVERITY_NONLOCALIZED, pulse_pg_sqlstate = PG_DIAG_SQLSTATE,
       pulse_pg_message = PG_DIAG_MESSAGE_PRIMARY,
       pulse_pg_table = PG_DIAG_TABLE_NAME,
       pulse_pg_constraint = PG_DIAG_CONSTRAINT_NAME };

#endif
