import CHiredis

/// How hiredis makes replies: its own way, but for arrays.
///
/// It makes room for an array when it has read the length, before there is an element. Without a
/// bound, a dozen bytes ask for 16 GiB.
enum ReplyObjects {
    /// The most elements that an array may be announced with; room for them are 128 MiB.
    static let mostElements = 1 << 24

    /// What a reader is to make replies with; lives as long as the process.
    // Written here, once, and then read only.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        functions.initialize(to: standard)
        functions.pointee.createArray = { task, count in
            guard count <= ReplyObjects.mostElements else { return nil }
            return ReplyObjects.standard.createArray(task, count)
        }
        return functions
    }()

    private static let standard: redisReplyObjectFunctions = {
        guard let reader = redisReaderCreate() else {
            preconditionFailure("there must be memory for a reader of some hundred bytes")
        }
        defer { redisReaderFree(reader) }
        return reader.pointee.fn.pointee
    }()
}
