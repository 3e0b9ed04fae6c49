import CLinux
import Glibc

/// The file of a program, held open: what is executed is what was tried, whatever lies at its path
/// by then.
final class ProgramFile {
    /// As errors name it.
    let path: String
    private let file: OwnedDescriptor
    private let state: FileState

    /// Opens the file that lies at a path now.
    ///
    /// - Throws: `SystemCallError` where there is none that this process may look at.
    init(at path: String) throws(SystemCallError) {
        self.path = path
        let number = rqd_open_program(path)
        guard number >= 0 else { throw .last("open", path) }
        file = OwnedDescriptor(adopting: number)
        guard let state = FileState(number) else {
            throw SystemCallError(call: "open", subject: path, errno: ENOEXEC)
        }
        self.state = state
    }

    /// For a program that follows, which closes it.
    var descriptor: Int32 { file.number }

    /// Whether nothing was written into it since it was opened.
    var isAsItWas: Bool { FileState(file.number) == state }

    /// Replaces this process by the program.
    ///
    /// Descriptors that are to be inherited are open already; this one is then, as a script's
    /// interpreter has no other way to read it.
    ///
    /// - Parameter arguments: those after the program's name.
    /// - Returns: only when that failed: why.
    func execute(_ arguments: [String]) -> SystemCallError {
        var words = ([path] + arguments).map { strdup($0) }
        words.append(nil)
        rqd_set_cloexec(file.number, 0)
        _ = rqd_fexecve(file.number, words)
        let failure = SystemCallError.last("fexecve", path)
        rqd_set_cloexec(file.number, 1)
        for word in words { free(word) }
        return failure
    }
}
