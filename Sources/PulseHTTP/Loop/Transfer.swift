import CLibcurl

/// One exchange on the transfer thread: its easy handle, what has come so far, and its redirects.
final class Transfer {
    let id: TransferID
    let easy: EasyHandle
    let delivery: Delivery
    private let settings: TransferSettings
    private var request: HTTPRequest
    private var target: URLParts
    private var head = ResponseHead()
    private var body: [UInt8] = []
    private var receivedInBytes = 0
    private var sentInBytes = 0
    /// Why a callback ended the exchange.
    private var failure: HTTPError?
    private var redirects = 0
    private var spentInMicroseconds: Int64 = 0

    /// At most so much is set aside because a server announced it: a long body would be moved a dozen times while it
    /// grows, and what is reserved and not filled costs nothing.
    private static let reservationLimitInBytes = 8 << 20
    /// Room behind a body, which readers that look at several bytes at once need, and would copy it for.
    private static let spareSizeInBytes = 64

    enum Ending {
        case delivered
        /// Prepare it again and put it back.
        case redirected
    }

    init(order: TransferOrder, easy: EasyHandle, settings: TransferSettings) {
        id = order.id
        delivery = order.delivery
        request = order.request
        target = order.target
        self.easy = easy
        self.settings = settings
    }

    /// Where errors happen.
    var origin: HTTPError.Origin { target.origin }

    /// Sets the handle up for the request as it is now.
    ///
    /// - Returns: why it cannot begin; `nil` when it can.
    func prepare() -> HTTPError? {
        head = ResponseHead()
        body = []
        receivedInBytes = 0
        sentInBytes = 0
        failure = nil
        let obstacle = settings.apply(to: easy)
        if let obstacle, target.scheme == "https" { return .tlsFailure(origin, detail: obstacle) }
        applyRequest()
        applyLimits()
        // The loop keeps this transfer for as long as its handle is in the multi handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.setErrorText()
        easy.setContext(CURLOPT_PRIVATE, context)
        easy.setContext(CURLOPT_HEADERDATA, context)
        easy.setContext(CURLOPT_WRITEDATA, context)
        easy.setCallback(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.with(context, bytes, size * count) { $0.takeHeaderLine($1) }
        }
        easy.setCallback(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.with(context, bytes, size * count) { $0.takeBody($1) }
        }
        guard let (option, code) = easy.firstFailure else { return nil }
        let why = String(cString: curl_easy_strerror(code))
        return .other(origin.with(code), detail: "libcurl refused option \(option.rawValue): \(why)")
    }

    /// Hands over what came, or goes on to where the answer redirects.
    func finish(_ code: CURLcode) -> Ending {
        if let failure {
            delivery.fail(failure)
        } else if code != CURLE_OK {
            delivery.fail(
                easy.error(for: code, target: target, proxy: settings.configuration.proxy, hasHead: head.status != 0))
        } else if !head.isComplete {
            // libcurl takes the end of the connection for the end of the head.
            delivery.fail(.connectionLost(origin.with(code), detail: "the head of the answer was cut off"))
        } else if isToBeRedirected {
            return follow()
        } else {
            deliver()
        }
        return .delivered
    }

    private var isToBeRedirected: Bool { request.followsRedirects && head.isRedirect }

    private func follow() -> Ending {
        redirects += 1
        spentInMicroseconds += easy.time(CURLINFO_TOTAL_TIME_T)
        guard redirects <= HTTPRequest.maximumRedirects else {
            delivery.fail(.tooManyRedirects(origin))
            return .delivered
        }
        guard let url = easy.text(CURLINFO_REDIRECT_URL),
            let next = request.redirected(to: url, status: head.status, from: target)
        else {
            delivery.fail(.unsupportedURL(origin))
            return .delivered
        }
        request = next.request
        target = next.target
        easy.reset()
        return .redirected
    }

    private func deliver() {
        switch delivery {
        case .whole(let outcome):
            let url = URLParts.withoutUser(request.url)
            outcome.resolve(
                .success(
                    HTTPResponse(
                        status: head.status, headers: head.headers, body: body, url: url, version: head.version)))
        case .streamed(let buffer, _):
            buffer.finish(nil)
        }
    }

    // MARK: What the request asks for

    private func applyRequest() {
        easy.set(CURLOPT_URL, request.url)
        // Only TLS can negotiate HTTP/2. There, the first connection to a host is waited for, as it may carry the rest.
        let isTLS = target.scheme == "https"
        easy.set(CURLOPT_HTTP_VERSION, Int(isTLS ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        easy.set(CURLOPT_PIPEWAIT, isTLS ? 1 : 0)
        if case .whole = delivery { easy.set(CURLOPT_ACCEPT_ENCODING, "") }
        easy.setHeaderLines(headerLines)
        switch request.method {
        case .get where request.body == nil: easy.set(CURLOPT_HTTPGET, 1)
        case .head where request.body == nil: easy.set(CURLOPT_NOBODY, 1)
        default: applyBody()
        }
    }

    private func applyBody() {
        let body = request.body ?? []
        guard !request.method.isIdempotent else {
            easy.setBody(body)
            return easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        // When a kept connection turns out dead, libcurl repeats any request. It cannot repeat a body that it is given
        // once, and where there is none, a new connection leaves no reason to.
        easy.set(CURLOPT_POST, 1)
        if request.method != .post { easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        guard !body.isEmpty else {
            easy.set(CURLOPT_FRESH_CONNECT, 1)
            return easy.setBody(body)
        }
        easy.set(CURLOPT_POSTFIELDSIZE, body.count)
        easy.setContext(CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        easy.setCallback(CURLOPT_READFUNCTION) { bytes, size, count, context in
            Transfer.with(context, bytes, size * count) { $0.giveBody($1) }
        }
    }

    private var headerLines: [String] {
        // An empty entry keeps libcurl from adding what it would: a guess at the type, and a wait before large bodies.
        var lines = ["Expect:"]
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        for field in request.headers where !Self.ownFields.contains(field.name.lowercased()) {
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        return lines
    }

    /// They frame the message, and follow from what is really sent.
    private static let ownFields: Set = [
        "accept-encoding", "connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade",
    ]

    private func applyLimits() {
        let left = request.timeout - .microseconds(spentInMicroseconds)
        easy.set(CURLOPT_TIMEOUT_MS, left.wholeMilliseconds)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        switch delivery {
        case .whole:
            // Pages of a megabyte arrive in fewer pieces. A handle keeps its buffer, and refuses another size, when its
            // connection was in use by other transfers as it finished (HTTP/2; multi_done of libcurl 7.88).
            easy.prefer(CURLOPT_BUFFERSIZE, 128 << 10)
            if let stall = settings.configuration.stallTimeout { applyStall(stall) }
        case .streamed(_, let stall):
            if let stall { applyStall(stall) }
        }
    }

    private func applyStall(_ stall: Duration) {
        easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        easy.set(CURLOPT_LOW_SPEED_TIME, (stall.wholeMilliseconds + 999) / 1_000)
    }

    // MARK: What libcurl calls while the transfer runs

    /// libcurl calls with the context it was given in `prepare`, and never with bytes that are not there.
    private static func with(
        _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
        _ body: (Transfer, UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return body(transfer, UnsafeMutableRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    }

    /// Answers how much was taken; another number than came ends the transfer.
    private func takeHeaderLine(_ line: UnsafeMutableRawBufferPointer) -> Int {
        let wasComplete = head.isComplete
        guard head.take(line) else {
            failure = .other(
                origin, detail: "its header fields are larger than \(ResponseHead.maximumSizeInBytes) bytes")
            return -1
        }
        if head.isComplete, !wasComplete, !headIsTaken() { return -1 }
        return line.count
    }

    private func headIsTaken() -> Bool {
        guard !isToBeRedirected else { return true }
        switch delivery {
        case .whole:
            guard let length = head.contentLength, request.method != .head else { return true }
            if length > request.maximumBodySizeInBytes {
                failure = .bodyTooLarge(origin, limitInBytes: request.maximumBodySizeInBytes)
                return false
            }
            body.reserveCapacity(min(length, Self.reservationLimitInBytes) + Self.spareSizeInBytes)
        case .streamed(let buffer, _):
            // From here on only a stall ends it.
            easy.set(CURLOPT_TIMEOUT_MS, 0)
            buffer.begin(
                HTTPStreamedResponse.Head(
                    status: head.status, headers: head.headers, url: URLParts.withoutUser(request.url),
                    version: head.version))
        }
        return true
    }

    private func takeBody(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        if case .streamed(let buffer, _) = delivery, !isToBeRedirected {
            return buffer.offer(bytes) ? bytes.count : pulse_writefunc_pause()
        }
        receivedInBytes += bytes.count
        guard receivedInBytes <= request.maximumBodySizeInBytes else {
            failure = .bodyTooLarge(origin, limitInBytes: request.maximumBodySizeInBytes)
            return -1
        }
        if !isToBeRedirected { body.append(contentsOf: bytes) }
        return bytes.count
    }

    private func giveBody(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = request.body else { return 0 }
        let piece = body[sentInBytes...].prefix(room.count)
        room.copyBytes(from: piece)
        sentInBytes += piece.count
        return piece.count
    }
}

extension Duration {
    /// Rounded up, at least 1, as libcurl reads 0 as "no limit".
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        // A month, which fits in everything, is as good as forever.
        guard seconds < 2_592_000 else { return 2_592_000_000 }
        return max(1, Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
