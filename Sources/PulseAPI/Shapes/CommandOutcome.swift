package import PulseDomain
package import PulseJSON

/// What a command's route answers with status 200.
package enum CommandOutcome: Wire {
    case answer(CommandAnswer)
    case preview(CommandPreview)

    package static var schema: Schema {
        .alternatives([CommandAnswer.schema, CommandPreview.schema], about: "An answer, or with `dry_run` a preview.")
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .answer(let answer): answer.write(to: &writer)
        case .preview(let preview): preview.write(to: &writer)
        }
    }

    package static func read(_ tree: JSONTree) throws(WireError) -> CommandOutcome {
        tree["outcome"] != nil ? .answer(try CommandAnswer.read(tree)) : .preview(try CommandPreview.read(tree))
    }
}
