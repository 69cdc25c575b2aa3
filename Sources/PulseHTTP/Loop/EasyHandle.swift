import CLibcurl

/// An easy handle with what libcurl points to from it: error text and header list. One owner, on the transfer thread.
final class EasyHandle {
    let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    /// The first option that was not taken, and why.
    private(set) var firstFailure: (option: CURLoption, code: CURLcode)?

    /// `nil` when memory is short.
    init?() {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.pointee = 0
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerLines)
        errorText.deallocate()
    }

    /// Back to how it was made; sessions and caches stay.
    func reset() {
        curl_easy_reset(handle)
        curl_slist_free_all(headerLines)
        headerLines = nil
        errorText.pointee = 0
        firstFailure = nil
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(option, pulse_setopt_long(handle, option, value))
    }

    /// Something that only makes it quicker: where it is not taken, the transfer goes on without.
    func prefer(_ option: CURLoption, _ value: Int) {
        _ = pulse_setopt_long(handle, option, value)
    }

    func set(_ option: CURLoption, _ value: String) {
        check(option, pulse_setopt_string(handle, option, value))
    }

    func setCallback(_ function: CURLoption, _ callback: @escaping pulse_data_callback) {
        check(function, pulse_setopt_data_callback(handle, function, callback))
    }

    /// libcurl keeps the pointer, which must be valid while there is a transfer.
    func setContext(_ option: CURLoption, _ context: UnsafeMutableRawPointer) {
        check(option, pulse_setopt_pointer(handle, option, context))
    }

    func setShare(_ share: UnsafeMutableRawPointer) {
        check(CURLOPT_SHARE, pulse_setopt_share(handle, share))
        check(CURLOPT_SOCKOPTFUNCTION, pulse_setopt_close_on_exec(handle))
    }

    func setErrorText() {
        errorText.pointee = 0
        check(CURLOPT_ERRORBUFFER, pulse_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
    }

    /// libcurl copies the bytes.
    func setBody(_ body: [UInt8]) {
        check(
            CURLOPT_POSTFIELDSIZE_LARGE,
            pulse_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        body.withUnsafeBytes { bytes in
            // An empty array has no address, and without one libcurl would ask the read callback.
            let address = bytes.baseAddress ?? UnsafeRawPointer(errorText)
            check(CURLOPT_COPYPOSTFIELDS, pulse_setopt_pointer(handle, CURLOPT_COPYPOSTFIELDS, address))
        }
    }

    /// libcurl copies the bytes.
    func setBlob(_ option: CURLoption, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            // libcurl only reads through this pointer, as it is told to copy.
            let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            var blob = curl_blob(data: data, len: bytes.count, flags: UInt32(CURL_BLOB_COPY))
            check(option, pulse_setopt_blob(handle, option, &blob))
        }
    }

    func setHeaderLines(_ lines: [String]) {
        curl_slist_free_all(headerLines)
        headerLines = nil
        for line in lines {
            guard let longer = curl_slist_append(headerLines, line) else {
                return check(CURLOPT_HTTPHEADER, CURLE_OUT_OF_MEMORY)
            }
            headerLines = longer
        }
        check(CURLOPT_HTTPHEADER, pulse_setopt_list(handle, CURLOPT_HTTPHEADER, headerLines))
    }

    /// 0 where libcurl does not know.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return pulse_getinfo_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    /// In microseconds; 0 when it has not come to that.
    func time(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return pulse_getinfo_offset(handle, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard pulse_getinfo_string(handle, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }

    /// What libcurl said about the failure; its standard text when it said nothing.
    func explanation(of code: CURLcode) -> String {
        let said = String(cString: errorText)
        return Self.plainWords(for: said.isEmpty ? String(cString: curl_easy_strerror(code)) : said)
    }

    /// libcurl's words, or ours where its are about how it works inside.
    static func plainWords(for said: String) -> String {
        // A connection that ends while the body is on its way: libcurl would have to send it from the start.
        said.contains("data rewind was") ? "it was closed while the request was being sent" : said
    }

    /// The transfer that a handle in a multi handle belongs to.
    static func transferID(of handle: UnsafeMutableRawPointer) -> TransferID? {
        var context: UnsafeMutableRawPointer?
        guard pulse_getinfo_pointer(handle, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { return nil }
        // The loop keeps every transfer that is in its multi handle.
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().id
    }

    private func check(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK, firstFailure == nil { firstFailure = (option, code) }
    }
}
