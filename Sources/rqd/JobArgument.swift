import ArgumentParser
import RQ

/// One argument of a function as `rq enqueue` and `rqd enqueue` take it.
///
/// `text`, `:JSON`, `%LITERAL`, `name=text`, `name:=JSON`, `name%=LITERAL`; a text that begins
/// with `@` is the contents of a file.
///
/// Source: RQ 3.0.0, `rq/cli/helpers.py`, `parse_function_arg`.
struct JobArgument {
    /// The parameter's name; nil for one by place.
    let keyword: String?
    /// The value.
    let value: PlainValue

    private enum Form { case text, json, literal }

    /// Reads one.
    ///
    /// - Parameters:
    ///   - argument: as it stands on the command line.
    ///   - place: which argument by place it would be, from 1.
    /// - Throws: `ValidationError`.
    init(_ argument: String, place: Int) throws {
        var form = Form.text
        var keyword: Substring?
        var rest = argument[...]
        if argument.hasPrefix(":") || argument.hasPrefix("%") {
            form = argument.hasPrefix(":") ? .json : .literal
            rest = argument.dropFirst()
        } else if let equals = argument.firstIndex(of: "="), equals > argument.startIndex {
            let before = argument[..<equals]
            rest = argument[argument.index(after: equals)...]
            // Only a mark that is the first of its kind counts.
            if before.hasSuffix(":"), before.firstIndex(of: ":") == before.indices.last {
                form = .json
            } else if before.hasSuffix("%"), before.firstIndex(of: "%") == before.indices.last {
                form = .literal
            }
            keyword = form == .text ? before : before.dropLast()
        }
        self.keyword = keyword.map(String.init)
        let text = rest.hasPrefix("@") ? try FileText.read(String(rest.dropFirst())) : String(rest)
        let name = self.keyword ?? "argument \(place)"
        switch form {
        case .text: value = .string(text)
        case .json:
            guard let json = JSON(Array(text.utf8)) else {
                throw ValidationError("\(name) is not JSON")
            }
            value = PlainValue(json)
        case .literal:
            do throws(PythonLiteral.Failure) {
                value = try PythonLiteral.value(of: text)
            } catch {
                throw ValidationError("\(name) is not a Python literal: \(error)")
            }
        }
    }

    /// Reads all of them.
    ///
    /// - Parameters:
    ///   - function: the dotted name of what is called.
    ///   - arguments: as they stand on the command line.
    /// - Returns: the call.
    /// - Throws: `ValidationError`, also for a name that is there twice.
    static func call(
        _ function: String, _ arguments: [String]
    ) throws -> Call {
        var call = Call(function)
        for text in arguments {
            let argument = try JobArgument(text, place: call.arguments.count + 1)
            guard let keyword = argument.keyword else {
                call.arguments.append(argument.value)
                continue
            }
            guard call.keywords.updateValue(argument.value, forKey: keyword) == nil else {
                throw ValidationError("\(keyword) is there twice")
            }
        }
        return call
    }
}
