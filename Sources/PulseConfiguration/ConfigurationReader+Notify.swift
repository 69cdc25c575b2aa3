import Foundation
import PulseDomain
import Yams

/// `notify:`: who is told of alerts.
extension ConfigurationReader {
    private static let longest = Duration.days(7)

    func notify(_ node: Node, _ parent: inout SettingsNode) -> NotifyOptions {
        var options = NotifyOptions()
        guard let mapping = node.mapping else {
            parent.fail(node, "notify is \(node.kindName).", "Expected are the lists `webhooks:` and `mail:`.")
            return options
        }
        var settings = SettingsNode(mapping, place: "notify", file: file)
        if let age = time("give_up_after", from: .minutes(1), "1m", &settings) { options.givenUpAfter = age }
        if let age = time("repeat", from: .zero, "0s", &settings) { options.repeatsAfter = age }
        options.receivers =
            receivers("webhooks", "url and secret", &settings) { webhook($0, &$1) }
            + receivers("mail", "command, from and to", &settings) { mail($0, &$1) }
        var names: Set<String> = []
        for receiver in options.receivers where !names.insert(receiver.name).inserted {
            settings.fail(node, "Two receivers are called \(receiver.name).", "Give each a name of its own.")
        }
        settings.refuseUnknownKeys()
        parent.adopt(settings.problems)
        return options
    }

    private func time(
        _ key: String, from shortest: Duration, _ name: String, _ settings: inout SettingsNode
    ) -> Duration? {
        guard let duration = settings.duration(key) else { return nil }
        if (shortest...Self.longest).contains(duration) { return duration }
        settings.fail(
            settings.node(key), "\(key) of notify is too short or too long.", "Expected is a time from \(name) to 7d.")
        return nil
    }

    private func receivers(
        _ key: String, _ needs: String, _ parent: inout SettingsNode,
        way: (Node, inout SettingsNode) -> NotifyReceiver.Way?
    ) -> [NotifyReceiver] {
        guard let node = parent.node(key) else { return [] }
        guard let list = node.sequence else {
            parent.fail(node, "\(key) is \(node.kindName).", "Expected is a list: `- name: …` for each receiver.")
            return []
        }
        return list.compactMap { element in
            guard let mapping = element.mapping else {
                parent.fail(
                    element, "A receiver is \(element.kindName).", "Expected are settings: name, \(needs).")
                return nil
            }
            return receiver(mapping, element, &parent, way: way)
        }
    }

    private func receiver(
        _ mapping: Node.Mapping, _ element: Node, _ parent: inout SettingsNode,
        way: (Node, inout SettingsNode) -> NotifyReceiver.Way?
    ) -> NotifyReceiver? {
        let name = mapping["name"]?.scalar?.string
        var settings = SettingsNode(mapping, place: "receiver \(name ?? "(unnamed)")", file: file)
        defer {
            settings.refuseUnknownKeys()
            parent.adopt(settings.problems)
        }
        _ = settings.text("name")
        if let name, !Self.isName(name) {
            settings.fail(mapping["name"], "name is \"\(name)\".", Self.nameRule)
        } else if name == nil {
            settings.fail(element, "A receiver has no name.", "Add `name:`; logs and `pulse notify test` call it so.")
        }
        let severities = settings.choices("severities", Severity.self)
        let kinds = settings.choices("kinds", AlertKind.self)
        let tellsResolved = settings.flag("resolved") ?? false
        let tenants = settings.texts("tenants").map { TenantID($0) }
        guard let way = way(element, &settings), let name else { return nil }
        var receiver = NotifyReceiver(name: name, way: way)
        if !severities.isEmpty { receiver.severities = Set(severities) }
        receiver.tellsResolved = tellsResolved
        receiver.kinds = Set(kinds)
        receiver.tenants = Set(tenants)
        return receiver
    }

    private func webhook(_ element: Node, _ settings: inout SettingsNode) -> NotifyReceiver.Way? {
        if settings.node("url") == nil {
            settings.fail(element, "A webhook has no url.", "Add `url: https://…`.")
        }
        if settings.node("secret") == nil {
            settings.fail(
                element, "A webhook has no secret.",
                "Add `secret: { env: NAME }`: the receiver tells by it that a message is yours.")
        }
        // What is wrong with either is told.
        let (url, secret) = (self.url(&settings, keepsEnd: true), self.secret("secret", &settings))
        guard let url, let secret else {
            return nil
        }
        return .webhook(url: url, secret: secret)
    }

    private func mail(_ element: Node, _ settings: inout SettingsNode) -> NotifyReceiver.Way? {
        let (command, from, to) = (settings.text("command"), settings.text("from"), settings.texts("to"))
        if command == nil {
            settings.fail(element, "A mail has no command.", "Add `command: /usr/sbin/sendmail -t -i`.")
        }
        if from == nil { settings.fail(element, "A mail has no from.", "Add `from: pulse@acme.example`.") }
        if to.isEmpty { settings.fail(element, "A mail has no to.", "Add `to: [ops@acme.example]`.") }
        for address in to + [from].compactMap({ $0 }) where !address.contains("@") || address.contains("\n") {
            settings.fail(element, "\"\(address)\" is no address.", "Expected is one such as ops@acme.example.")
        }
        guard let command, let from, !to.isEmpty else { return nil }
        return .mail(command: command, from: from, to: to)
    }
}
