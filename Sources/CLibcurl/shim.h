#ifndef PULSE_CLIBCURL_SHIM_H
#define PULSE_CLIBCURL_SHIM_H

#include <fcntl.h>
#include <curl/curl.h>
#include <stddef.h>

// Swift cannot call variadic C functions, so each kind of argument has a function of its own. libcurl reads the variable
// argument with the type that the option asks for; passing another type is undefined (curl_easy_setopt(3)).

static inline CURLcode pulse_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode pulse_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies the string.
static inline CURLcode pulse_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl keeps the pointer: it must outlive the transfer.
static inline CURLcode pulse_setopt_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode pulse_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// For CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION and CURLOPT_READFUNCTION, which have the same shape.
typedef size_t (*pulse_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode pulse_setopt_data_callback(CURL *handle, CURLoption option, pulse_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode pulse_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode pulse_getinfo_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// The string belongs to the handle and lives until its next transfer.
static inline CURLcode pulse_getinfo_string(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, (char **)value);
}

static inline CURLcode pulse_getinfo_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, (char **)value);
}

static inline CURLMcode pulse_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// CURLMsg holds a union whose member is only meaningful for CURLMSG_DONE, the one message there is.
static inline CURLcode pulse_message_result(const CURLMsg *message) {
    return message->data.result;
}

// libcurl copies the bytes when the blob's flag is CURL_BLOB_COPY.
static inline CURLcode pulse_setopt_blob(CURL *handle, CURLoption option, struct curl_blob *value) {
    return curl_easy_setopt(handle, option, value);
}

// For CURLOPT_SHARE. The share must outlive the handle's use of it.
/* Sockets are not for the programs that are started meanwhile: one that lives on would keep the connection open. */
static inline int pulse_close_on_exec(void *context, curl_socket_t socket, curlsocktype purpose) {
    (void)context;
    (void)purpose;
    return fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

static inline CURLcode pulse_setopt_close_on_exec(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, pulse_close_on_exec);
}

static inline CURLcode pulse_setopt_share(CURL *handle, CURLSH *share) {
    return curl_easy_setopt(handle, CURLOPT_SHARE, share);
}

static inline CURLSHcode pulse_share_data(CURLSH *share, curl_lock_data data) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

// Macros with casts are not imported, nor is CURLVERSION_NOW.
static inline const curl_version_info_data *pulse_version_info(void) {
    return curl_version_info(CURLVERSION_NOW);
}

static inline CURLcode pulse_global_init(void) {
    return curl_global_init(CURL_GLOBAL_ALL);
}

static inline size_t pulse_writefunc_pause(void) {
    return CURL_WRITEFUNC_PAUSE;
}

static inline CURLcode pulse_unpause(CURL *handle) {
    return curl_easy_pause(handle, CURLPAUSE_CONT);
}

#endif
