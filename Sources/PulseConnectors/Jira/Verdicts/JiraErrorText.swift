import PulseJSON

/// What Jira says about an error, in the forms it has for that.
enum JiraErrorText {
    /// `errorMessages`, `errors` by field, `message`, `error`; one line fit for a sentence, empty when there is none.
    static func message(of body: [UInt8]) -> String {
        guard body.count < 1 << 20, body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return "" }
        var reader = JSONReader(nulCharacters: .removed)
        let found = try? reader.read(body) { root -> [String] in
            var texts = root["errorMessages"].strings
            var errors = root["errors"].members
            while let error = errors.next() { if let text = error.value.string { texts.append(text) } }
            if texts.isEmpty { texts = [root["message"].string, root["error"].string].compactMap { $0 } }
            return texts
        }
        let line = VisibleText.line((found ?? []).joined(separator: " "))
        // Sentences of ours end with a dot of their own.
        return line.hasSuffix(".") ? String(line.dropLast()) : line
    }
}
