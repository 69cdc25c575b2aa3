import PulseDomain

/// What a page of a search tells about the walk.
struct JiraSearchPage: Sendable, Hashable {
    var count = 0
    var firstID: String?
    var lastID: String?
    /// The newest `updated` on the page and that of its last row, in milliseconds.
    var high: Int64?
    var lastUpdated: Int64?
    // Cloud.
    var token: String?
    var isLast: Bool?
    // Data Center.
    var total: Int?
    /// The page size that the server applied, which may be less than asked for.
    var maxResults: Int?
    var pending = JiraPending()
}

extension JiraSearchPosition {
    /// The step after a page of Cloud.
    ///
    /// A token is followed although the page is empty or calls itself the last one: that loses nothing. A token that
    /// came before leads in a circle: the search is then anchored at the newest change seen (FACTS §2.4).
    func next(afterCloud page: JiraSearchPage) throws -> JiraSearchPosition {
        var next = self
        next.pending = page.pending
        next.high = Self.later(high, page.high)
        let hasNews = page.count > 0 && (isCensus || (page.high ?? 0) > (high ?? -1))
        guard let token = page.token, !token.isEmpty else {
            // A list of ids that ends before its end would make deletions of what it leaves out.
            if page.isLast == false, isCensus { throw JiraFailure.noProgress(.censusEnds, of: project) }
            if page.isLast == false, page.count > 0 { return try next.anchoredAnew() }
            next.isAtEnd = true
            return next
        }
        if page.isLast == true, page.count == 0 || (isPastLast && !hasNews) {
            next.isAtEnd = true
            return next
        }
        let hash = Self.hash(of: token)
        if token == self.token || trail.contains(hash) { return try next.anchoredAnew() }
        next.token = token
        next.trail = Array((trail + [hash]).suffix(8))
        next.isPastLast = page.isLast == true
        next.empties = page.count == 0 ? empties + 1 : 0
        if next.empties > 50 { throw JiraFailure.noProgress(.emptyPages(next.empties), of: project) }
        return next
    }

    /// Begins the search anew at the newest change that was seen, without a token. What has that very time comes again.
    func anchoredAnew() throws -> JiraSearchPosition {
        var next = self
        if let high, high > from, !isCensus {
            next.from = high
            next.stalls = 0
        } else {
            next.stalls += 1
            if next.stalls > 2 { throw JiraFailure.noProgress(.tokensRepeat, of: project) }
        }
        (next.token, next.trail, next.isPastLast, next.empties) = (nil, [], false, 0)
        next.jql = next.query
        return next
    }

    /// The step after a page of Data Center, which has no tokens.
    ///
    /// Offsets over rows that move lose rows (FACTS §2.5). So each page begins at the time of the last row seen; only
    /// among rows of one millisecond (a bulk edit) there is an offset, and it overlaps by one row: when that row is not
    /// the one expected, rows have moved and their millisecond is read again.
    func next(afterDataCenter page: JiraSearchPage, requested: Int) throws -> JiraSearchPosition {
        var next = self
        next.pending = page.pending
        next.high = Self.later(high, page.high)
        if let lastID, page.firstID != lastID {
            next.stalls += 1
            if next.stalls > 5 { throw JiraFailure.rowsKeepMoving(project) }
            (next.start, next.lastID) = (0, nil)
            return next
        }
        let end = start + page.count
        let isFull = page.count >= min(requested, page.maxResults ?? requested)
        if page.count == 0 || (page.total.map { end >= $0 } ?? !isFull) {
            next.isAtEnd = true
            return next
        }
        if !isCensus, let last = page.lastUpdated, last > from {
            next.from = last
            next.jql = next.query
            (next.start, next.lastID, next.stalls) = (0, nil, 0)
        } else if page.count > 1 {
            (next.start, next.lastID) = (end - 1, page.lastID)
        } else {
            (next.start, next.lastID) = (end, nil)
        }
        return next
    }

    private static func later(_ one: Int64?, _ other: Int64?) -> Int64? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }

    /// FNV-1a, 64 bits.
    private static func hash(of text: String) -> String {
        String(text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }
}
