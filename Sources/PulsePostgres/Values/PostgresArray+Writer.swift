import Glibc

extension PostgresArray {
    /// Writes elements one behind the other, in the binary format, as `append` of an array does. What does not fit any more
    /// stops the program: nothing is written past the end.
    package struct Writer: ~Copyable {
        private let memory: UnsafeMutableRawBufferPointer
        private(set) var used = 0
        private(set) var count = 0
        private(set) var hasNulls = false

        init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

        package mutating func appendNull() {
            hasNulls = true
            begin(length: -1, takes: 0)
        }

        package mutating func append(integer: Int64) {
            begin(length: 8, takes: 8)
            memory.storeBytes(of: integer.bigEndian, toByteOffset: used - 8, as: Int64.self)
        }

        /// Microseconds since 1970 in UTC.
        package mutating func append(instant: Int64) { append(integer: instant &- PostgresValue.epoch) }

        package mutating func append(real: Double) { append(integer: Int64(bitPattern: real.bitPattern)) }

        package mutating func append(boolean: Bool) {
            begin(length: 1, takes: 1)
            memory[used - 1] = boolean ? 1 : 0
        }

        /// A text without NUL characters, which the server does not take.
        package mutating func append(bytes: UnsafeRawBufferPointer) {
            begin(length: Int32(bytes.count), takes: bytes.count)
            copy(bytes)
        }

        /// `jsonb`: the text after its version (`jsonb_recv`).
        package mutating func append(json: UnsafeRawBufferPointer) {
            begin(length: Int32(json.count + 1), takes: json.count + 1)
            memory[used - json.count - 1] = 1
            copy(json)
        }

        /// Writes the length and steps over what follows.
        private mutating func begin(length: Int32, takes size: Int) {
            precondition(memory.count - used >= 4 + size, "an array larger than was said")
            memory.storeBytes(of: length.bigEndian, toByteOffset: used, as: Int32.self)
            used += 4 + size
            count += 1
        }

        /// To the end of what was stepped over.
        private func copy(_ bytes: UnsafeRawBufferPointer) {
            guard let source = bytes.baseAddress, let start = memory.baseAddress else { return }
            memcpy(start + (used - bytes.count), source, bytes.count)
        }
    }
}
