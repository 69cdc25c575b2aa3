/// Turns the bytes a terminal sends into keys, mouse actions and pastes: a pure state machine, fed with bytes and the
/// time at which they came.
///
/// Understands xterm, VT, rxvt, Linux console and kitty (`CSI u`) encodings. What it does not know it swallows whole,
/// so that no part of a sequence is ever taken for a command typed by a person.
package struct InputDecoder: Sendable {
    /// How long a lone ESC waits for the rest of a sequence before it is the Escape key.
    package static let escapeDelay = Duration.milliseconds(25)
    /// How long the rest of a sequence that has begun may take on a slow line.
    static let sequenceDelay = Duration.milliseconds(150)
    /// How long the rest of a paste may take.
    static let pasteDelay = Duration.seconds(1)

    private var buffer: [UInt8] = []
    private var position = 0
    private var paste: PasteBuffer?
    private var lastByteAt: ContinuousClock.Instant?

    /// Nothing received yet.
    package init() {}

    /// When ``flush(at:)`` is to be called; nil while nothing is unfinished.
    package var deadline: ContinuousClock.Instant? {
        guard let lastByteAt else { return nil }
        if paste != nil { return lastByteAt + Self.pasteDelay }
        if buffer.isEmpty { return nil }
        return lastByteAt + (buffer.last == 0x1B ? Self.escapeDelay : Self.sequenceDelay)
    }

    /// Takes bytes in any split and returns what they complete.
    package mutating func feed(_ bytes: some Sequence<UInt8>, at now: ContinuousClock.Instant) -> [InputEvent] {
        lastByteAt = now
        buffer.append(contentsOf: bytes)
        return decode(isFinal: false)
    }

    /// Ends what is unfinished once its time is over: a lone ESC is the Escape key, ESC and a character is Alt with
    /// that character, the rest of a broken sequence is dropped. Does nothing before ``deadline``.
    package mutating func flush(at now: ContinuousClock.Instant) -> [InputEvent] {
        guard let deadline, now >= deadline else { return [] }
        if let unfinished = paste {
            paste = nil
            return [.paste(unfinished.text)]
        }
        return decode(isFinal: true)
    }

    private mutating func decode(isFinal: Bool) -> [InputEvent] {
        var events: [InputEvent] = []
        position = 0
        while position < buffer.count {
            if paste != nil {
                guard let text = paste?.append(buffer[position]) else {
                    position += 1
                    continue
                }
                position += 1
                paste = nil
                events.append(.paste(text))
                continue
            }
            let start = position
            switch next(isFinal: isFinal) {
            case .event(let event): events.append(event)
            case .nothing: break
            case .pasteBegins: paste = PasteBuffer()
            case .incomplete:
                position = start
                buffer.removeFirst(start)
                return events
            }
        }
        buffer.removeAll(keepingCapacity: true)
        return events
    }

    private enum Step {
        case event(InputEvent)
        case nothing
        case pasteBegins
        case incomplete
    }

    private mutating func byte() -> UInt8? {
        guard position < buffer.count else { return nil }
        defer { position += 1 }
        return buffer[position]
    }

    private mutating func next(isFinal: Bool) -> Step {
        guard let first = byte() else { return .incomplete }
        guard first == 0x1B else { return plain(first, [], isFinal) }
        guard var second = byte() else { return isFinal ? .event(.key(KeyPress(.escape))) : .incomplete }
        var modifiers: KeyPress.Modifiers = []
        if second == 0x1B {
            // rxvt and macOS send ESC before the sequence for Alt; otherwise it is Escape twice.
            guard position < buffer.count || isFinal else { return .incomplete }
            guard position < buffer.count, buffer[position] == 0x5B || buffer[position] == 0x4F else {
                position -= 1
                return .event(.key(KeyPress(.escape)))
            }
            modifiers = .alt
            second = buffer[position]
            position += 1
        }
        let start = position
        switch second {
        case 0x5B:
            let step = controlSequence(modifiers)
            return ended(step, isFinal, alone: position == start && buffer.count == start, .alt("["))
        case 0x4F:
            let step = singleShift(modifiers)
            return ended(step, isFinal, alone: buffer.count == start, .alt("O"))
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F:
            let step: Step = skipString() ? .nothing : .incomplete
            return ended(step, isFinal, alone: buffer.count == start, .alt(Character(Unicode.Scalar(second))))
        default:
            return plain(second, .alt, isFinal)
        }
    }

    /// A sequence whose rest never came: Alt with its first character when there was nothing else, or nothing.
    private mutating func ended(_ step: Step, _ isFinal: Bool, alone: Bool, _ key: KeyPress) -> Step {
        guard case .incomplete = step, isFinal else { return step }
        position = buffer.count
        return alone ? .event(.key(key)) : .nothing
    }

    /// A byte that stands for itself: a control key or the first of a UTF-8 character.
    private mutating func plain(_ first: UInt8, _ modifiers: KeyPress.Modifiers, _ isFinal: Bool) -> Step {
        if let key = KeyTable.control(first) {
            return .event(.key(KeyPress(key.key, key.modifiers.union(modifiers))))
        }
        if first < 0x80 { return .event(.key(KeyPress(.character(Character(Unicode.Scalar(first))), modifiers))) }
        let count: Int
        switch first {
        case 0xC2...0xDF: count = 1
        case 0xE0...0xEF: count = 2
        case 0xF0...0xF4: count = 3
        default: return .nothing
        }
        var bytes = [first]
        for _ in 0..<count {
            guard position < buffer.count else { return isFinal ? .nothing : .incomplete }
            guard buffer[position] & 0xC0 == 0x80 else { return .nothing }
            bytes.append(buffer[position])
            position += 1
        }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first, scalar.value != 0xFFFD else { return .nothing }
        switch ScalarClass(scalar) {
        case .printable, .mark, .regionalIndicator:
            return .event(.key(KeyPress(.character(Character(scalar)), modifiers)))
        case .space: return .event(.key(KeyPress(.character(" "), modifiers)))
        case .lineBreak, .ignorable, .escape, .unsafe: return .nothing
        }
    }

    /// After `ESC [`: parameters, intermediates, and a final byte (ECMA-48 section 5.4).
    private mutating func controlSequence(_ modifiers: KeyPress.Modifiers) -> Step {
        var body: [UInt8] = []
        while let value = byte() {
            switch value {
            case 0x5B where body.isEmpty:
                // The Linux console sends ESC [ [ A for F1.
                guard let final = byte() else { return .incomplete }
                guard (0x41...0x45).contains(final) else { return .nothing }
                return .event(.key(KeyPress(.function(Int(final) - 0x40), modifiers)))
            case 0x4D where body.isEmpty:
                // X10 mouse reports carry three raw bytes; never asked for, but some terminals insist.
                for _ in 0..<3 where byte() == nil { return .incomplete }
                return .nothing
            case 0x24 where !body.isEmpty && body.allSatisfy({ (0x30...0x39).contains($0) }):
                // rxvt ends shifted keys with "$", which is an intermediate byte elsewhere (as in "CSI ? 1 $ y").
                return key(KeyTable.sequence(parameters: body, final: value), modifiers)
            case 0x20...0x3F:
                // An honest sequence is short; of others everything up to the final byte is swallowed.
                if body.count < 64 { body.append(value) }
            case 0x40...0x7E:
                if body == Array("200".utf8) && value == 0x7E { return .pasteBegins }
                if body.first == 0x3C, value == 0x4D || value == 0x6D {
                    return MouseReport.decode(body.dropFirst(), isRelease: value == 0x6D).map { .event(.mouse($0)) }
                        ?? .nothing
                }
                return key(KeyTable.sequence(parameters: body, final: value), modifiers)
            case 0x1B:
                // A new sequence begins before this one ended.
                position -= 1
                return .nothing
            default:
                return .nothing
            }
        }
        return .incomplete
    }

    /// After `ESC O`: keys in application mode, with parameters when modifiers are held.
    private mutating func singleShift(_ modifiers: KeyPress.Modifiers) -> Step {
        var body: [UInt8] = []
        while let value = byte() {
            if (0x30...0x39).contains(value) || value == 0x3B {
                if body.count < 8 { body.append(value) }
            } else if value == 0x1B {
                position -= 1
                return .nothing
            } else {
                return key(KeyTable.singleShift(parameters: body, final: value), modifiers)
            }
        }
        return .incomplete
    }

    /// A reply such as a title or a colour: up to BEL or ST, of which nothing is of use.
    private mutating func skipString() -> Bool {
        while let value = byte() {
            if value == 0x07 { return true }
            if value == 0x1B {
                guard position < buffer.count else { return false }
                if buffer[position] == 0x5C {
                    position += 1
                } else {
                    position -= 1
                }
                return true
            }
        }
        return false
    }

    private func key(_ press: KeyPress?, _ modifiers: KeyPress.Modifiers) -> Step {
        guard let press else { return .nothing }
        return .event(.key(KeyPress(press.key, press.modifiers.union(modifiers))))
    }
}

/// Collects a bracketed paste until its end mark.
struct PasteBuffer: Sendable {
    /// The most bytes kept; the rest is dropped.
    static let maximumInBytes = 1 << 20
    private static let endMark = Array("\u{1B}[201~".utf8)

    private var bytes: [UInt8] = []
    private var matched = 0

    /// What came so far, safe to show and to edit.
    var text: String {
        TerminalText.sanitizedLines(String(decoding: bytes, as: UTF8.self)).joined(separator: "\n")
    }

    /// Takes one byte; the text when this was the last of the end mark.
    mutating func append(_ byte: UInt8) -> String? {
        if byte == Self.endMark[matched] {
            matched += 1
            return matched == Self.endMark.count ? text : nil
        }
        if matched > 0 {
            keep(Self.endMark[..<matched])
            matched = 0
            return append(byte)
        }
        keep(CollectionOfOne(byte))
        return nil
    }

    private mutating func keep(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more.prefix(max(0, Self.maximumInBytes - bytes.count)))
    }
}
