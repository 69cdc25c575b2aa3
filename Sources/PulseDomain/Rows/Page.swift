/// One response of a provider as it came, with what is needed to transform it again without the network.
package struct RawPage: Sendable, Hashable {
    package var partition: PartitionID
    /// The position that it was fetched from: says what kind of page it is.
    package var cursor: Cursor
    /// `GET /rest/api/3/search/jql`: method and path, never a secret.
    package var request: String
    package var body: [UInt8]
    package var fetchedAt: Instant
    package var correlation: CorrelationID

    package init(
        partition: PartitionID, cursor: Cursor, request: String, body: [UInt8], fetchedAt: Instant,
        correlation: CorrelationID
    ) {
        self.partition = partition
        self.cursor = cursor
        self.request = request
        self.body = body
        self.fetchedAt = fetchedAt
        self.correlation = correlation
    }
}

/// A record that could not be loaded, kept with its payload so that it can be replayed.
package struct RejectedRecord: Sendable, Hashable, Codable {
    /// The provider's id, where it could be read.
    package var recordID: String?
    /// Stable, for grouping: `jira.issue.no_project`.
    package var code: String
    /// Why, as a sentence.
    package var reason: String
    /// The record as JSON (or other text), as it came.
    package var payload: [UInt8]

    package init(recordID: String?, code: String, reason: String, payload: [UInt8]) {
        self.recordID = recordID
        self.code = code
        self.reason = reason
        self.payload = payload
    }
}

/// The complete set of children of one owner: rows of `table` owned by `owner` that are not in `ids` are gone.
package struct ChildSet: Sendable, Hashable {
    package var table: TableName
    /// The owner's id, in the column that the table declares as its owner.
    package var owner: String
    package var ids: [String]

    package init(table: TableName, owner: String, ids: [String]) {
        self.table = table
        self.owner = owner
        self.ids = ids
    }
}

/// Which rows a census is about: those of `table` whose `column` holds `value`.
package struct CensusScope: Sendable, Hashable, Codable {
    package var table: TableName
    /// `nil`: all rows of the source.
    package var column: String?
    package var value: String?

    package init(table: TableName, column: String? = nil, value: String? = nil) {
        self.table = table
        self.column = column
        self.value = value
    }
}

/// What a page holds after transformation and validation.
package struct PageContent: Sendable {
    /// Items on the page.
    package var extracted: Int
    /// Left out by a declared rule.
    package var filtered: Int
    package var batches: [RowBatch]
    package var rejected: [RejectedRecord]
    package var childSets: [ChildSet]
    /// The ids that a census page lists.
    package var censusIDs: [String]
    /// The newest change on the page, for the watermark.
    package var highWater: Watermark?
    /// How many records the whole walk will see, where the page tells.
    package var expected: Int?

    package init(
        extracted: Int = 0, filtered: Int = 0, batches: [RowBatch] = [], rejected: [RejectedRecord] = [],
        childSets: [ChildSet] = [], censusIDs: [String] = [], highWater: Watermark? = nil, expected: Int? = nil
    ) {
        self.extracted = extracted
        self.filtered = filtered
        self.batches = batches
        self.rejected = rejected
        self.childSets = childSets
        self.censusIDs = censusIDs
        self.highWater = highWater
        self.expected = expected
    }
}
