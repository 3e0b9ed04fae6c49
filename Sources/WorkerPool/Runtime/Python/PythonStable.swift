/// The process in which the application's interpreter is started.
enum PythonStable {
    /// Becomes the interpreter.
    ///
    /// *Stable process, before exec.*
    ///
    /// - Returns: only on failure, the exit status 78.
    static func run(
        _ python: PythonConfiguration, redis: RedisConfiguration, control: Int32
    ) -> Int32 {
        _ = (python, redis, control)
        return 78
    }
}
