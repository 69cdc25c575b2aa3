/// The part of GitHub's GraphQL schema that the sandbox answers, taken from the published SDL: types with the interfaces
/// they implement, then their fields with type and argument names (`!`: required).
enum GitHubSchemaText {
    static let text = """
        type Query Node
         viewer User!
         rateLimit RateLimit dryRun
         repository Repository followRenames name! owner!
         repositoryOwner RepositoryOwner login!
         organization Organization login!
         user User login!
         node Node id!
         nodes [Node]! ids!
        type RateLimit
         cost Int!
         limit Int!
         nodeCount Int!
         remaining Int!
         resetAt DateTime!
         used Int!
        type User Actor Node RepositoryOwner
         id ID!
         login String!
         name String
         databaseId Int
         url URI!
         email String!
         repositories RepositoryConnection! affiliations after before first hasIssuesEnabled isArchived isFork isLocked last orderBy ownerAffiliations privacy visibility
        type Bot Actor Node
         id ID!
         login String!
         databaseId Int
         url URI!
        type Organization Actor Node RepositoryOwner
         id ID!
         login String!
         name String
         databaseId Int
         url URI!
         description String
         repositories RepositoryConnection! affiliations after before first hasIssuesEnabled isArchived isFork isLocked last orderBy ownerAffiliations privacy visibility
        interface RepositoryOwner
         id ID!
         login String!
         url URI!
         repositories RepositoryConnection! affiliations after before first hasIssuesEnabled isArchived isFork isLocked last orderBy ownerAffiliations privacy visibility
        interface Actor
         login String!
         url URI!
        interface Node
         id ID!
        interface GitObject
         id ID!
         oid GitObjectID!
         abbreviatedOid String!
         commitUrl URI!
        type Repository Node
         id ID!
         databaseId Int
         name String!
         nameWithOwner String!
         owner RepositoryOwner!
         url URI!
         description String
         isPrivate Boolean!
         isArchived Boolean!
         isFork Boolean!
         isEmpty Boolean!
         isDisabled Boolean!
         visibility RepositoryVisibility!
         createdAt DateTime!
         pushedAt DateTime
         updatedAt DateTime!
         primaryLanguage Language
         defaultBranchRef Ref
         pullRequests PullRequestConnection! after baseRefName before first headRefName labels last orderBy states
         pullRequest PullRequest number!
         releases ReleaseConnection! after before first last orderBy
         deployments DeploymentConnection! after before environments first last orderBy
         object GitObject expression oid
         stargazerCount Int!
         diskUsage Int
        type Language Node
         id ID!
         name String!
         color String
        type Ref Node
         id ID!
         name String!
         prefix String!
         target GitObject
        type Commit GitObject Node
         id ID!
         oid GitObjectID!
         abbreviatedOid String!
         message String!
         messageHeadline String!
         messageBody String!
         authoredDate DateTime!
         committedDate DateTime!
         additions Int!
         deletions Int!
         changedFilesIfAvailable Int
         author GitActor
         committer GitActor
         parents CommitConnection! after before first last
         history CommitHistoryConnection! after author before first last path since until
         url URI!
         commitUrl URI!
        type GitActor
         name String
         email String
         user User
         date GitTimestamp
        type PullRequest Node
         id ID!
         databaseId Int
         fullDatabaseId BigInt
         number Int!
         title String!
         body String!
         bodyText String!
         state PullRequestState!
         isDraft Boolean!
         url URI!
         permalink URI!
         author Actor
         mergedBy Actor
         headRefName String!
         baseRefName String!
         headRefOid GitObjectID!
         baseRefOid GitObjectID!
         mergeCommit Commit
         additions Int!
         deletions Int!
         changedFiles Int!
         reviewDecision PullRequestReviewDecision
         createdAt DateTime!
         updatedAt DateTime!
         publishedAt DateTime
         mergedAt DateTime
         closedAt DateTime
         merged Boolean!
         closed Boolean!
         locked Boolean!
         labels LabelConnection after before first last orderBy
         commits PullRequestCommitConnection! after before first last
         reviews PullRequestReviewConnection after author before first last states
         comments IssueCommentConnection! after before first last orderBy
         reviewThreads PullRequestReviewThreadConnection! after before first last
         headRepository Repository
         headRef Ref
         baseRepository Repository
         repository Repository!
         totalCommentsCount Int
         mergeable MergeableState!
         isCrossRepository Boolean!
        type PullRequestCommit Node
         id ID!
         commit Commit!
         url URI!
        type PullRequestReview Node
         id ID!
         databaseId Int
         fullDatabaseId BigInt
         author Actor
         state PullRequestReviewState!
         body String!
         submittedAt DateTime
         createdAt DateTime!
         updatedAt DateTime!
         commit Commit
         url URI!
         pullRequest PullRequest!
        type PullRequestReviewThread Node
         id ID!
         isResolved Boolean!
         isOutdated Boolean!
         path String!
         line Int
         originalLine Int
         comments PullRequestReviewCommentConnection! after before first last skip
         pullRequest PullRequest!
        type PullRequestReviewComment Node
         id ID!
         databaseId Int
         fullDatabaseId BigInt
         author Actor
         body String!
         createdAt DateTime!
         updatedAt DateTime!
         path String!
         line Int
         url URI!
        type IssueComment Node
         id ID!
         databaseId Int
         fullDatabaseId BigInt
         author Actor
         body String!
         createdAt DateTime!
         updatedAt DateTime!
         url URI!
        type Label Node
         id ID!
         name String!
         color String!
         description String
        type Release Node
         id ID!
         databaseId Int
         name String
         tagName String!
         description String
         isDraft Boolean!
         isPrerelease Boolean!
         isLatest Boolean!
         createdAt DateTime!
         publishedAt DateTime
         updatedAt DateTime!
         url URI!
         tagCommit Commit
         author User
        type Deployment Node
         id ID!
         databaseId Int
         environment String
         commitOid String!
         state DeploymentState
         createdAt DateTime!
         updatedAt DateTime!
         ref Ref
         creator Actor!
         latestStatus DeploymentStatus
         task String
         description String
         statuses DeploymentStatusConnection after before first last
        type DeploymentStatus Node
         id ID!
         state DeploymentStatusState!
         createdAt DateTime!
         updatedAt DateTime!
         description String
        type PageInfo
         hasNextPage Boolean!
         hasPreviousPage Boolean!
         startCursor String
         endCursor String
        type RepositoryConnection
         nodes [Repository]
         edges [RepositoryEdge]
         pageInfo PageInfo!
         totalCount Int!
        type RepositoryEdge
         cursor String!
         node Repository
        type PullRequestConnection
         nodes [PullRequest]
         edges [PullRequestEdge]
         pageInfo PageInfo!
         totalCount Int!
        type PullRequestEdge
         cursor String!
         node PullRequest
        type PullRequestCommitConnection
         nodes [PullRequestCommit]
         edges [PullRequestCommitEdge]
         pageInfo PageInfo!
         totalCount Int!
        type PullRequestCommitEdge
         cursor String!
         node PullRequestCommit
        type PullRequestReviewConnection
         nodes [PullRequestReview]
         edges [PullRequestReviewEdge]
         pageInfo PageInfo!
         totalCount Int!
        type PullRequestReviewEdge
         cursor String!
         node PullRequestReview
        type PullRequestReviewThreadConnection
         nodes [PullRequestReviewThread]
         edges [PullRequestReviewThreadEdge]
         pageInfo PageInfo!
         totalCount Int!
        type PullRequestReviewThreadEdge
         cursor String!
         node PullRequestReviewThread
        type PullRequestReviewCommentConnection
         nodes [PullRequestReviewComment]
         edges [PullRequestReviewCommentEdge]
         pageInfo PageInfo!
         totalCount Int!
        type PullRequestReviewCommentEdge
         cursor String!
         node PullRequestReviewComment
        type IssueCommentConnection
         nodes [IssueComment]
         edges [IssueCommentEdge]
         pageInfo PageInfo!
         totalCount Int!
        type IssueCommentEdge
         cursor String!
         node IssueComment
        type LabelConnection
         nodes [Label]
         edges [LabelEdge]
         pageInfo PageInfo!
         totalCount Int!
        type LabelEdge
         cursor String!
         node Label
        type ReleaseConnection
         nodes [Release]
         edges [ReleaseEdge]
         pageInfo PageInfo!
         totalCount Int!
        type ReleaseEdge
         cursor String!
         node Release
        type DeploymentConnection
         nodes [Deployment]
         edges [DeploymentEdge]
         pageInfo PageInfo!
         totalCount Int!
        type DeploymentEdge
         cursor String!
         node Deployment
        type DeploymentStatusConnection
         nodes [DeploymentStatus]
         edges [DeploymentStatusEdge]
         pageInfo PageInfo!
         totalCount Int!
        type DeploymentStatusEdge
         cursor String!
         node DeploymentStatus
        type CommitConnection
         nodes [Commit]
         edges [CommitEdge]
         pageInfo PageInfo!
         totalCount Int!
        type CommitEdge
         cursor String!
         node Commit
        type CommitHistoryConnection
         nodes [Commit]
         edges [CommitEdge]
         pageInfo PageInfo!
         totalCount Int!
        """
}
