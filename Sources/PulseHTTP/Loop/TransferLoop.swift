import CLibcurl

/// Owns all transfers of one transport. It lives on one thread, is made there and ends there.
final class TransferLoop {
    private let mailbox: Mailbox
    private let multi: UnsafeMutableRawPointer
    private let settings: TransferSettings
    private var transfers: [TransferID: Transfer] = [:]
    private var idleHandles: [EasyHandle] = []

    /// So many unused handles are kept for the next transfers.
    private static let idleHandleLimit = 64
    /// There is nothing to do without a letter or a socket; libcurl shortens this to its own timers.
    private static let idleMilliseconds: Int32 = 3_600_000

    /// Serves the mailbox until it is closed.
    static func run(mailbox: Mailbox, configuration: CurlTransport.Configuration) {
        if let loop = TransferLoop(mailbox: mailbox, configuration: configuration) {
            loop.serve()
            mailbox.detach()
        } else {
            mailbox.abandon(because: .other(HTTPError.Origin(host: ""), detail: "libcurl could not be started"))
        }
    }

    private init?(mailbox: Mailbox, configuration: CurlTransport.Configuration) {
        guard Self.globalCode == CURLE_OK, let multi = curl_multi_init() else { return nil }
        guard let settings = TransferSettings(configuration) else {
            curl_multi_cleanup(multi)
            return nil
        }
        // Neither can fail: both options exist since libcurl 7.30 and take any number.
        _ = pulse_multi_setopt_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost)
        _ = pulse_multi_setopt_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections)
        self.mailbox = mailbox
        self.multi = multi
        self.settings = settings
        mailbox.attach(Mailbox.Waker(multi: multi))
    }

    deinit {
        mailbox.forgetWaker()
        idleHandles.removeAll()
        curl_multi_cleanup(multi)
    }

    private static let globalCode = pulse_global_init()

    private func serve() {
        while true {
            let (letters, isClosed) = mailbox.take()
            for letter in letters { act(on: letter) }
            if isClosed { return endAll() }
            var running: Int32 = 0
            check(curl_multi_perform(multi, &running))
            collectFinished()
            check(curl_multi_poll(multi, nil, 0, Self.idleMilliseconds, nil))
        }
    }

    private func act(on letter: Mailbox.Letter) {
        switch letter {
        case .start(let order):
            // The caller may have gone before its order was read.
            if order.delivery.isWanted { start(order) }
        case .cancel(let id):
            if let transfer = transfers.removeValue(forKey: id) { release(transfer) }
        case .resume(let id):
            // What goes wrong here ends the transfer, and is reported with its end.
            if let transfer = transfers[id] { _ = pulse_unpause(transfer.easy.handle) }
        }
    }

    private func start(_ order: TransferOrder) {
        guard let easy = idleHandles.popLast() ?? EasyHandle() else {
            order.delivery.fail(.other(order.target.origin, detail: "out of memory"))
            return
        }
        let transfer = Transfer(order: order, easy: easy, settings: settings)
        transfers[order.id] = transfer
        begin(transfer)
    }

    private func begin(_ transfer: Transfer) {
        if let error = transfer.prepare() {
            end(transfer, with: error)
        } else if curl_multi_add_handle(multi, transfer.easy.handle) != CURLM_OK {
            end(transfer, with: .other(transfer.origin, detail: "libcurl did not take the transfer"))
        }
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = pulse_message_result(message)
            guard let id = EasyHandle.transferID(of: handle), let transfer = transfers[id] else {
                preconditionFailure("libcurl ended a transfer that is not ours")
            }
            curl_multi_remove_handle(multi, handle)
            switch transfer.finish(code) {
            case .delivered:
                transfers.removeValue(forKey: id)
                // After a failure a handle may still hold what belonged to its connection.
                if code == CURLE_OK { recycle(transfer) }
            case .redirected:
                begin(transfer)
            }
        }
    }

    private func end(_ transfer: Transfer, with error: HTTPError) {
        transfers.removeValue(forKey: transfer.id)
        transfer.delivery.fail(error)
    }

    private func endAll() {
        for transfer in transfers.values {
            transfer.delivery.fail(.cancelled(transfer.origin))
            release(transfer)
        }
        transfers.removeAll()
    }

    /// Takes a transfer out of the multi handle, whatever state it is in. Its easy handle is not used again.
    private func release(_ transfer: Transfer) {
        curl_multi_remove_handle(multi, transfer.easy.handle)
    }

    private func recycle(_ transfer: Transfer) {
        guard idleHandles.count < Self.idleHandleLimit else { return }
        transfer.easy.reset()
        idleHandles.append(transfer.easy)
    }

    /// A multi handle fails as a whole only for want of memory or by a fault of its own. Whoever waits is told.
    private func check(_ code: CURLMcode) {
        guard code != CURLM_OK else { return }
        let detail = String(cString: curl_multi_strerror(code))
        for transfer in transfers.values {
            transfer.delivery.fail(.other(transfer.origin, detail: detail))
            release(transfer)
        }
        transfers.removeAll()
    }
}
