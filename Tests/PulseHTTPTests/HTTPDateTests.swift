import PulseHTTP
import Testing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799),
    ])
    func `all three forms are read`(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(arguments: [
        "", "120", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "1994-11-06T08:49:37Z", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Tue, 29 Feb 1900 12:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT",
    ])
    func `anything else is no date`(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test(arguments: [("94", 2026, 784_111_777), ("70", 2026, 3_182_489_377), ("77", 2026, 247_654_177)])
    func `a two-digit year is at most fifty years ahead`(year: String, now: Int, seconds: Int64) {
        #expect(HTTPDate.parse("Sunday, 06-Nov-\(year) 08:49:37 GMT", currentYear: now) == seconds)
    }
}
