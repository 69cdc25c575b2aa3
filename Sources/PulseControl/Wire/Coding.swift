import Foundation
import PulseDomain

/// Messages as frames, and back.
enum Coding {
    /// A whole frame. An answer that is too large, or that has no JSON, becomes the failure that says so.
    static func frame(_ message: ServerMessage, upTo largest: Int = Frame.largest) -> [UInt8] {
        do {
            let content = try encode(message)
            if content.count <= largest { return Frame.wrap(content) }
            return failure(instead: message, .tooLarge(content.count))
        } catch {
            return failure(instead: message, .unexpected("its answer cannot be written as JSON"))
        }
    }

    /// A whole frame.
    static func frame(_ message: ClientMessage) throws(ControlError) -> [UInt8] {
        let content: Data
        do {
            content = try encode(message)
        } catch {
            throw .unexpected("the request cannot be written as JSON")
        }
        guard content.count <= Frame.largestRequest else { throw .tooLarge(content.count) }
        return Frame.wrap(content)
    }

    static func decode<Message: Decodable>(_ type: Message.Type, _ content: [UInt8]) throws(ControlError) -> Message {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(type, from: Data(content))
        } catch {
            throw .broken("a message is not what the protocol has")
        }
    }

    private static func encode(_ message: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Rates are quotients; one that is not finite must not cost the whole answer.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(message)
    }

    private static func failure(instead message: ServerMessage, _ error: ControlError) -> [UInt8] {
        let replacement: ServerMessage? =
            switch message {
            case .answer(let id, _), .failed(let id, _): .failed(id: id, error.failure)
            case .event(let id, _): .event(id: id, .gap)
            case .hello, .refused, .ended: nil
            }
        // Strings and integers alone always have a JSON form, and these are short.
        let content = replacement.flatMap { try? encode($0) } ?? Data("{}".utf8)
        return Frame.wrap(content)
    }
}
