/// What had to be mended in a document before it could be read.
package struct JSONRepairs: Sendable, Equatable {
    /// Escapes of half a surrogate pair (`\ud83d` alone), each replaced by U+FFFD.
    package var loneSurrogates = 0
    /// Byte sequences in strings that are not UTF-8, each replaced by U+FFFD.
    package var invalidUTF8 = 0
    /// Control characters that stood unescaped in strings; their text is unchanged.
    package var controlCharacters = 0

    /// All of them; 0 when the document was read as it came.
    package var count: Int { loneSurrogates + invalidUTF8 + controlCharacters }
}
