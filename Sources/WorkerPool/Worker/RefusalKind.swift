import RedisKit

/// What a server's refusal of a request means for the request.
enum RefusalKind: Equatable {
    /// This server is of no use now; another, or a new connection, may be.
    case elsewhere
    /// It ends without our doing: the same request is taken later.
    case passing
    /// A right is missing; somebody may give it.
    case missingRight
    /// The same request will be refused for ever.
    case final
}

extension ServerError {
    /// What this error means for the request that it answers.
    var refusal: RefusalKind {
        if isOfScriptsUser { return .missingRight }
        return switch scriptCode ?? code {
        case "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOAUTH": .elsewhere
        case "OOM", "BUSY", "MISCONF", "NOREPLICAS", "UNKILLABLE": .passing
        case "NOPERM": .missingRight
        default: .final
        }
    }

    /// A right that a command in a script lacks: that has no code of its own in 6.x and 7.x.
    private var isOfScriptsUser: Bool {
        message.contains("The user executing the script can't")
            || message.contains("ACL failure in script")
    }

    /// The code of a command in a script, which Redis before 7.0 wraps in an error of its own:
    /// `ERR Error running script (call to f_…): @user_script:9: -OOM command not allowed`.
    private var scriptCode: String? {
        guard code == "ERR", message.contains("@user_script"),
            let mark = message.firstRange(of: ": -")
        else { return nil }
        return String(message[mark.upperBound...].prefix { $0 != " " })
    }
}
