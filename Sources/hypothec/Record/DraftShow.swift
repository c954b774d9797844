import CommandInterface
struct DraftShow { init(_ context: CommandContext) {} 
 func run(_ path: FilePath) throws(Problem) -> ExitCode { .success } }
