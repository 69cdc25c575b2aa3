import PulseDomain
import PulseTerminal

/// What can happen to a console.
enum ConsoleEvent: Sendable {
    /// The console's own clock, which never goes back. Comes before other events.
    case time(Duration)
    case input(InputEvent)
    case overview(Overview)
    case happened([OperationsEvent])
    /// The overview could not be read, or the stream of events ended.
    case linkLost(Failure)
    /// What was told of the way to the engine.
    case link(LinkNews)
    case detail(JobID, JobDetail)
    case detailFailed(JobID, Failure)
    /// What a dialog's chosen variant would do, a command each.
    case previewed(dialog: Int, variant: Int, [CommandOutcome<CommandPreview>])
    case performed([CommandOutcome<CommandReceipt>])
    case logs([LogLine])
    case quarantine([QuarantineEntry])
    case findings([TombstoneFinding])
    /// The first rows of a finding.
    case findingRows(Int64, [TombstoneRow])
    case audit([AuditEntry])
    case auditFailed(Failure)
    case tables([TableStatus])
    case tablesFailed(Failure)
    /// What a filter found.
    case rows(RowFilter, [DataRow])
    case rowsFailed(RowFilter, Failure)
    /// A list could not be read.
    case readFailed(Failure)
    /// Theme files were read again.
    case themes(ThemeNews)
    /// The console is to end: there will be no engine.
    case closed
    /// Whether the terminal took the text.
    case copied(String, isTaken: Bool)
}

/// What the engine answered to one command.
struct CommandOutcome<Answer: Hashable & Sendable>: Hashable, Sendable {
    var command: Command
    var answer: Result<Answer, Failure>

    init(_ command: Command, _ answer: Result<Answer, Failure>) {
        self.command = command
        self.answer = answer
    }
}

/// What an update asks for. Carried out by the loop; answers come back as events.
enum ConsoleEffect: Hashable, Sendable {
    /// Reads the overview and follows the events, from `after` on.
    case connect(after: Duration)
    case loadOverview
    case loadDetail(JobID)
    case loadLogs
    /// Of one job; `nil`: of all.
    case loadQuarantine(JobID?)
    case loadFindings
    case loadFindingRows(Int64)
    case loadAudit
    case loadTables
    case loadRows(RowFilter)
    case preview(dialog: Int, variant: Int, [Command])
    case perform([Command], reason: String)
    /// Tells others which confirmation is open.
    case tell(OpenConfirmation?)
    case copy(String)
    case useTheme(Theme)
    case redraw
    case suspend
    case quit
    /// Ends as the operating system asked.
    case end(signal: Int32)
}
