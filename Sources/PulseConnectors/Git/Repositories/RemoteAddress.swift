/// The address of a remote, freed of credentials and of the ways in which the same place can be written.
struct RemoteAddress: Sendable, Hashable {
    /// A setting of git's configuration.
    struct Setting: Sendable, Hashable {
        var key: String
        var value: String
    }

    /// `host/owner/name` in lower case: the same for `git@host:owner/name.git` and `https://me:secret@host/owner/name/`.
    var canonical: String
    /// `owner/name`; longer where groups are nested.
    var fullName: String?
    /// Web address; `nil` for a remote in the file system and for one behind an unusual port.
    var url: String?

    /// The address of `origin`, else of the first remote by name.
    static func preferred(in settings: [Setting]) -> RemoteAddress? {
        let addresses = settings.filter { $0.key.hasPrefix("remote.") && $0.key.hasSuffix(".url") && !$0.value.isEmpty }
        let origin = addresses.first { $0.key == "remote.origin.url" }
        return (origin ?? addresses.min { $0.key < $1.key }).map { RemoteAddress($0.value) }
    }

    init(_ text: String) {
        guard let (authority, path, isWeb) = Self.parts(of: text) else {
            // A folder; a query or password cannot be in it.
            canonical = "file:" + Self.trimmed(text)
            return
        }
        // Everything up to the last @ is user and password.
        let host = (authority.split(separator: "@", omittingEmptySubsequences: false).last ?? "").lowercased()
        let name = Self.trimmed(String(path.prefix { $0 != "?" && $0 != "#" }))
        canonical = "\(host)/\(name)".lowercased()
        if name.contains("/") { fullName = name }
        let hasPort = host.contains(":")
        if !host.isEmpty, !name.isEmpty, isWeb || !hasPort { url = "https://\(host)/\(name)" }
    }

    private static func parts(of text: String) -> (authority: Substring, path: Substring, isWeb: Bool)? {
        if let scheme = text.firstRange(of: "://") {
            guard text[..<scheme.lowerBound].lowercased() != "file" else { return nil }
            let rest = text[scheme.upperBound...]
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            return (rest[..<end], rest[end...].dropFirst(), text.lowercased().hasPrefix("http"))
        }
        // scp's way, `host:path`: a colon before any slash (git-clone(1)).
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"), !text.hasPrefix(".") else {
            return nil
        }
        return (text[..<colon], text[text.index(after: colon)...], false)
    }

    private static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        return path.hasSuffix(".git") ? String(path.dropLast(4)) : String(path)
    }
}
