import COpenSSL

/// Private keys as files: PKCS#8 (RFC 5958) in PEM (RFC 7468).
///
/// With a passphrase the block is ENCRYPTED PRIVATE KEY: PBES2 (RFC 8018) with AES-256-CBC under a
/// key that scrypt (RFC 7914) derives with N = 2^14, r = 8, p = 5: 16 MiB five times over, the most
/// memory for which every OpenSSL opens the file without being told to.
extension SigningKey {
  private static let (scryptN, scryptR, scryptP) = (UInt64(1) << 14, UInt64(8), UInt64(5))

  /// Reads the first PEM block of `pem`. A passphrase for a key that is not encrypted is ignored.
  ///
  /// - Throws: `.notPEM`, `.missingPassphrase`, `.wrongPassphrase`, `.unsupportedKeyType` or
  ///   `.malformedPrivateKey`.
  package convenience init(pem: [UInt8], passphrase: [UInt8]?) throws(CryptographyError) {
    defer { ERR_clear_error() }
    let information = try Self.privateKeyInformation(pem: pem, passphrase: passphrase)
    defer { PKCS8_PRIV_KEY_INFO_free(information) }
    guard let algorithm = Self.algorithm(of: information) else { throw .unsupportedKeyType }
    guard let key = EVP_PKCS82PKEY(information) else { throw .malformedPrivateKey }
    defer { EVP_PKEY_free(key) }
    switch algorithm {
    case .es256:
      self.init(owningECKey: try Self.checkedECKey(key))
    case .edDSA:
      guard EVP_PKEY_up_ref(key) == 1 else { throw .lastLibraryFailure() }
      self.init(owningEd25519Key: key)
    }
  }

  /// The key as a PEM block of PKCS#8, encrypted if a passphrase is given.
  ///
  /// - Precondition: a passphrase is not empty.
  package func pem(passphrase: [UInt8]?) throws(CryptographyError) -> [UInt8] {
    precondition(passphrase != [], "a passphrase has at least one byte")
    guard let key = evpKey() else { throw .lastLibraryFailure() }
    defer { EVP_PKEY_free(key) }
    // Memory BIOs overwrite their buffer when they are freed.
    guard let information = EVP_PKEY2PKCS8(key) else { throw .lastLibraryFailure() }
    defer { PKCS8_PRIV_KEY_INFO_free(information) }
    guard let output = BIO_new(BIO_s_mem()) else { throw .lastLibraryFailure() }
    defer { BIO_free(output) }
    let isWritten =
      if let passphrase {
        Self.write(information, encryptedWith: passphrase, to: output)
      } else {
        PEM_write_bio_PKCS8_PRIV_KEY_INFO(output, information) == 1
      }
    guard isWritten else { throw .lastLibraryFailure() }
    return [UInt8](unsafeUninitializedCapacity: Int(BIO_ctrl_pending(output))) { buffer, count in
      count = max(0, Int(BIO_read(output, buffer.baseAddress, Int32(buffer.count))))
    }
  }

  // MARK: Writing

  /// The key as TLS and certificates take it: an EVP_PKEY that the caller frees; `nil` for want of
  /// memory.
  package func evpKey() -> OpaquePointer? {
    switch publicKey.algorithm {
    case .edDSA:
      return EVP_PKEY_up_ref(privateKey) == 1 ? privateKey : nil
    case .es256:
      guard let key = EVP_PKEY_new() else { return nil }
      guard EVP_PKEY_set1_EC_KEY(key, privateKey) == 1 else {
        EVP_PKEY_free(key)
        return nil
      }
      return key
    }
  }

  private static func write(
    _ information: OpaquePointer, encryptedWith passphrase: [UInt8], to output: OpaquePointer
  ) -> Bool {
    // Without a salt and an initialisation vector OpenSSL draws both.
    guard
      let scheme = PKCS5_pbe2_set_scrypt(
        EVP_aes_256_cbc(), nil, 0, nil, scryptN, scryptR, scryptP)
    else { return false }
    let encrypted = passphrase.withUnsafeBytes { passphrase in
      let characters = passphrase.assumingMemoryBound(to: CChar.self)
      return PKCS8_set0_pbe(
        characters.baseAddress, Int32(characters.count), information, scheme)
    }
    guard let encrypted else {
      X509_ALGOR_free(scheme)
      return false
    }
    defer { X509_SIG_free(encrypted) }
    return PEM_write_bio_PKCS8(output, encrypted) == 1
  }

  // MARK: Reading

  private static func privateKeyInformation(
    pem: [UInt8], passphrase: [UInt8]?
  ) throws(CryptographyError) -> OpaquePointer {
    let block = try PEMBlock(pem)
    switch block.label {
    case "PRIVATE KEY":
      guard let information = block.decode(d2i_PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
      else { throw .malformedPrivateKey }
      return information
    case "ENCRYPTED PRIVATE KEY":
      guard let encrypted = block.decode(d2i_X509_SIG, X509_SIG_free) else {
        throw .malformedPrivateKey
      }
      defer { X509_SIG_free(encrypted) }
      guard let passphrase else { throw .missingPassphrase }
      let information = passphrase.withUnsafeBytes { passphrase in
        let characters = passphrase.assumingMemoryBound(to: CChar.self)
        return PKCS8_decrypt(encrypted, characters.baseAddress, Int32(characters.count))
      }
      guard let information else { throw .wrongPassphrase }
      return information
    default: throw .unsupportedKeyType
    }
  }

  /// What the structure says it holds, before OpenSSL looks at the key itself.
  private static func algorithm(of information: OpaquePointer) -> SignatureAlgorithm? {
    var object: OpaquePointer?
    guard PKCS8_pkey_get0(&object, nil, nil, nil, information) == 1 else { return nil }
    switch OBJ_obj2nid(object) {
    case NID_X9_62_id_ecPublicKey: return .es256
    case NID_ED25519: return .edDSA
    default: return nil
    }
  }

  /// A P-256 key of our own with the private number of `key`, whose parts must belong together.
  private static func checkedECKey(_ key: OpaquePointer) throws(CryptographyError) -> OpaquePointer
  {
    guard let source = EVP_PKEY_get0_EC_KEY(key) else { throw .malformedPrivateKey }
    guard EC_GROUP_get_curve_name(EC_KEY_get0_group(source)) == NID_X9_62_prime256v1 else {
      throw .unsupportedKeyType
    }
    guard EC_KEY_check_key(source) == 1, let number = EC_KEY_get0_private_key(source),
      let point = EC_KEY_get0_public_key(source)
    else { throw .malformedPrivateKey }
    guard let copy = EC_KEY_new() else { throw .lastLibraryFailure() }
    guard EC_KEY_set_group(copy, P256.group) == 1, EC_KEY_set_private_key(copy, number) == 1,
      EC_KEY_set_public_key(copy, point) == 1
    else {
      EC_KEY_free(copy)
      throw .lastLibraryFailure()
    }
    return copy
  }
}
