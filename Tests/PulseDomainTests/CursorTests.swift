import PulseDomain
import Testing

@Suite struct CursorTests {
    /// The values are those of the reference, http://www.isthe.com/chongo/tech/comp/fnv.
    @Test(arguments: [("", "811c9dc5"), ("a", "e40c292c"), ("foobar", "bf9cf968")])
    func `cursors are told apart by a digest that is the same everywhere`(json: String, digest: String) {
        #expect(Cursor(json: json).digest == digest)
    }
}
