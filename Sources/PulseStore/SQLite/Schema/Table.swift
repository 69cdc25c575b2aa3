import PulseDomain

/// GRDB has a type of this name too; here the unified schema's is meant.
typealias Table = PulseDomain.Table
