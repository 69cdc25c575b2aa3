import CNcurses

/// What the thread that owns a terminal asks of the kernel.
package enum TerminalThread {
    /// Lets the calling thread run soon after it is woken, however busy the others are: it never runs for long, so it
    /// asks for short turns, which Linux 6.12 and later grant before those of threads with long ones (sched_setattr(2),
    /// `sched_runtime` of SCHED_OTHER). Where that is unknown nothing changes.
    package static func answerQuickly() { pulse_short_turns(100_000) }
}
