/// A job to be enqueued.
struct Call: Encodable {
    /// A value that JSON and Python have in common.
    enum Value: Encodable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case text(String)
        case number(Int)

        init(stringLiteral value: String) { self = .text(value) }
        init(integerLiteral value: Int) { self = .number(value) }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    let id: String
    let function: String
    let arguments: [Value]
    let queue: String
    let options: [String: Value]

    /// A call of a function of the applications, by its dotted name.
    ///
    /// The options are those of rq's `Queue.enqueue_call`.
    init(
        _ id: String, _ function: String, _ arguments: Value..., queue: String = "default",
        options: [String: Value] = [:]
    ) {
        self.init(id, function, list: arguments, queue: queue, options: options)
    }

    /// The same with a list of arguments.
    init(
        _ id: String, _ function: String, list arguments: [Value], queue: String = "default",
        options: [String: Value] = [:]
    ) {
        self.id = id
        self.function = function
        self.arguments = arguments
        self.queue = queue
        self.options = options
    }
}
