/// What is wrong with a code that carries its own check characters. A node gives one refusal code
/// for all of it; a client says which.
package enum CodeCheck: Hashable, Sendable {
  case valid
  case wrongLength
  case wrongCharacter
  case wrongCheckCharacter
}
