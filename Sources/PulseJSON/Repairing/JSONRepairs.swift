/// What had to be mended in a document before it could be read.
package struct JSONRepairs: Sendable, Equatable {
    /// Escapes of half a surrogate pair (`\ud83d` alone), each replaced by U+FFFD.
    package var loneSurrogates: Int
    /// Byte sequences in strings that are not UTF-8, each replaced by U+FFFD.
    package var invalidUTF8: Int
    /// Control characters that stood unescaped in strings; their text is unchanged.
    package var controlCharacters: Int

    package init(loneSurrogates: Int = 0, invalidUTF8: Int = 0, controlCharacters: Int = 0) {
        self.loneSurrogates = loneSurrogates
        self.invalidUTF8 = invalidUTF8
        self.controlCharacters = controlCharacters
    }

    /// All of them; 0 when the document was read as it came.
    package var count: Int { loneSurrogates + invalidUTF8 + controlCharacters }
}
