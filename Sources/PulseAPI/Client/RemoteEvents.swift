import PulseDomain
import PulseHTTP

/// The event stream of a gateway, taken up again when it breaks. Driven by its one reader: what is not read is not
/// fetched, and a reader that lags makes the server answer with a gap.
actor RemoteEvents {
    private let client: APIClient
    private var body: HTTPBodyStream.Iterator?
    private var parser = EventStreamParser()
    private var waiting: [OperationsEvent] = []
    private var backoff: Backoff
    /// Tries since the connection was lost.
    private var attempts = 0
    private var heardAt: Instant
    private var isOver = false

    init(_ client: APIClient) {
        self.client = client
        heardAt = client.time.now
        backoff = Backoff(base: client.limits.firstReconnect, longest: client.limits.longestReconnect)
    }

    /// Makes the first connection. Throws `Failure`: somebody who opens a console is told at once.
    func open() async throws {
        do {
            try await connect()
        } catch {
            if let failure = error as? Failure { client.monitor.noteEnd(heardAt: heardAt, because: failure) }
            throw error
        }
    }

    /// The next event; `nil` when the reader's task was cancelled or the server refuses for good.
    func next() async -> OperationsEvent? {
        while !isOver {
            if !waiting.isEmpty { return waiting.removeFirst() }
            guard body != nil else {
                await reconnect()
                continue
            }
            do {
                try await read()
            } catch is CancellationError {
                isOver = true
            } catch {
                await lose(error)
            }
        }
        body = nil
        return nil
    }

    private func read() async throws {
        guard var iterator = body else { return }
        let piece = try await iterator.next()
        body = iterator
        guard let piece else { throw Interruption.ended }
        heardAt = client.time.now
        for event in try parser.take(piece) {
            if event.name == "presence" { client.monitor.notePresent(try [PresenceStatus](json: event.data)) }
            // What the stream says of itself, and names of later versions, are passed over.
            guard let event = try EventShape.read(event.name, event.data) else { continue }
            waiting.append(event)
        }
        if let retry = parser.retry {
            backoff.base = max(.milliseconds(100), min(retry, client.limits.longestReconnect))
        }
    }

    private func lose(_ error: any Error) async {
        body = nil
        if case .cancelled? = error as? HTTPError {
            isOver = true
            return
        }
        guard client.limits.reconnects else {
            client.monitor.noteEnd(heardAt: heardAt, because: failure(error))
            isOver = true
            return
        }
        await wait(because: failure(error))
    }

    private func reconnect() async {
        let hadID = !parser.lastID.isEmpty
        do {
            try await connect()
            // Without an id the server cannot know what was missed.
            if !hadID { waiting.append(.gap) }
        } catch is CancellationError {
            isOver = true
        } catch let failure as Failure where !failure.kind.isRetried {
            client.monitor.noteEnd(heardAt: heardAt, because: failure)
            isOver = true
        } catch {
            await wait(because: failure(error))
        }
    }

    private func wait(because failure: Failure) async {
        attempts += 1
        let pause = backoff.wait(beforeRetry: attempts, share: client.random())
        client.monitor.noteLost(
            heardAt: heardAt, nextTryAt: client.time.now + pause, attempt: attempts, because: failure)
        do {
            try await client.time.sleep(for: pause)
        } catch {
            isOver = true
        }
    }

    private func connect() async throws {
        let token = try await client.tokens.present()
        var response = try await stream(token)
        if response.status == 401, token != nil, let renewed = try await client.tokens.instead(of: token) {
            response = try await stream(renewed)
        }
        guard response.status == 200 else { throw try await refusal(response) }
        // A new stream begins between events, whatever the old one ended in.
        parser = EventStreamParser(lastID: parser.lastID)
        body = response.body.makeAsyncIterator()
        attempts = 0
        heardAt = client.time.now
        client.monitor.noteLive()
    }

    private func stream(_ token: String?) async throws -> HTTPStreamedResponse {
        var request = try client.httpRequest(APIRequest(.events), token, nil)
        request.headers.set("Accept", "text/event-stream, application/problem+json")
        if !parser.lastID.isEmpty { request.headers.append("Last-Event-ID", parser.lastID) }
        do throws(HTTPError) {
            return try await client.transport.stream(request, stallTimeout: client.limits.silence)
        } catch {
            if case .cancelled = error { throw CancellationError() }
            throw client.unreachable(error, isCommand: false)
        }
    }

    /// What an answer that is no stream says.
    private func refusal(_ response: HTTPStreamedResponse) async throws -> Failure {
        var body: [UInt8] = []
        for try await piece in response.body where body.count < 1 << 16 { body += piece }
        return client.failure(
            in: HTTPResponse(
                status: response.status, headers: response.headers, body: body, url: response.url,
                version: response.version))
    }

    private enum Interruption: Error { case ended }

    private func failure(_ error: any Error) -> Failure {
        let sentence: String
        switch error {
        case let failure as Failure: return failure
        case let error as HTTPError:
            return Failure(.transient, code: error.code, error.sentence, remedy: error.remedy)
        case let error as EventStreamError: sentence = error.sentence
        case let error as WireError: sentence = "An event could not be read. \(error.sentence)"
        case Interruption.ended: sentence = "\(client.base) ended the event stream."
        default: sentence = "The event stream of \(client.base) broke off."
        }
        return Failure(
            .transient, code: "api.stream_lost", sentence, remedy: "It is connected again by itself.")
    }
}
