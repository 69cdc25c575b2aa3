/// Asks a person before something that cannot be taken back.
struct Confirmation {
    private let output: Output

    init(_ output: Output) { self.output = output }

    /// Whether the person typed `word`; says so where not, or where nobody can be asked.
    func asks(toType word: String) -> Bool {
        guard output.canAsk else {
            output.note("pulse: This cannot be asked here, and --yes was not given. Nothing was done.")
            return false
        }
        output.noteRaw("Go on? Type \(word): ")
        guard readLine()?.lowercased() == word.lowercased() else {
            output.note("pulse: Nothing was done.")
            return false
        }
        return true
    }
}
