// curl.h pulls in the POSIX thread types, and the compiler then asks for this import to see them.
import CLibcurl
import Glibc

/// Starts the thread that a transport's transfers live on.
enum TransferThread {
    /// What the thread is given.
    private final class Start: Sendable {
        let mailbox: Mailbox
        let configuration: CurlTransport.Configuration

        init(mailbox: Mailbox, configuration: CurlTransport.Configuration) {
            self.mailbox = mailbox
            self.configuration = configuration
        }
    }

    /// Starts a detached thread that runs until the mailbox is closed.
    ///
    /// - Returns: `false` when the system has no thread to give.
    static func start(mailbox: Mailbox, configuration: CurlTransport.Configuration) -> Bool {
        let start = Unmanaged.passRetained(Start(mailbox: mailbox, configuration: configuration))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, body, start.toOpaque()) == 0 else {
            start.release()
            return false
        }
        // The thread is running and nobody joins it, so this cannot fail.
        pthread_detach(thread)
        return true
    }

    private static let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        blockSignals()
        TransferLoop.run(mailbox: start.mailbox, configuration: start.configuration)
        return nil
    }

    /// Leaves signals to the other threads. SIGPIPE above all: told not to touch signal handlers, libcurl does not ignore
    /// it, and OpenSSL's writes to a closed connection would end the program (CURLOPT_NOSIGNAL(3)). Signals of a crash
    /// stay open, so that a handler for them runs.
    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for crash in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&signals, crash) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
