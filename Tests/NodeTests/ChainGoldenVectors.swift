/// What the formats' samples are, as lines of a name and bytes; long bytes by number and SHA-256.
enum GoldenVectors {
  static let text = """
    operation: register: 153 bytes, SHA-256 \
    80fb92d5a90353989d4a705a594c6bd7a03e4662c62cca93b25883472d223034
    operation: register, little stated: 52 bytes, SHA-256 \
    b2a7a06cc6f52b8c23654ae9ab3cf2c95c126b257c97c79d914450fc03d3bb7e
    operation: value: 67 bytes, SHA-256 \
    8b4195f78b9fa99abf3cdcc200fdf138f79e2f7f47dbb8ac8866c50e0d9c356a
    operation: value by a model: 99 bytes, SHA-256 \
    15a6169a411b3439450ede27d632d4f7657b16f4f9d22eb4b693dbe01507bd60
    operation: pledge: 176 bytes, SHA-256 \
    ff86ac71805e386600c1cc3d2f23982112d21ce11f304b904d96f1c727a0897a
    operation: pledge, transcribed: 216 bytes, SHA-256 \
    dc84018600cafb40c46d1ac741aff421c3e7a3390152a774391ad83abccdada6
    operation: release: 43 bytes, SHA-256 \
    3b3f91c6dcb34834c3cb94d61caee12edf6347696c53a05abcafe97e5df44abe
    operation: release by order: 89 bytes, SHA-256 \
    c81b30e5cb31eaafcf52b4357176c5413090549764deeffc8f14140f9b873a3e
    operation: register model: 77 bytes, SHA-256 \
    1630f0101652553c539f9c8c1c560a5cfa453d21a12dad7cd4c052de63deabf2
    operation: member.admit: 223 bytes, SHA-256 \
    a875dc21e12c63dd595adec63ae6c5d19db44343997442a54f66f021147d4afe
    operation: member.suspend: 82a50015016a6f70657261746f722d610202036662616e6b2d610402a0
    operation: key.add: 150 bytes, SHA-256 \
    1d87d2d5cd8dfc1fc80f69744365c86b98201b5fe9d6a5b59294cee4387cedf5
    operation: key.retire: 72 bytes, SHA-256 \
    1151ac4646a9f9754a6f713fe0bbd0329690a36cd9e193f6efa2f62f04f01556
    operation: node.set: 270 bytes, SHA-256 \
    2cea8bfcd10091ab68cbf08a78938c31244f709074d8e20f88e9778eb06b2ea9
    operation: policy.set: 80 bytes, SHA-256 \
    5c2a770c03e958901a99de81ca5841b49f26704765b4cdff9cab575531ef8a6f
    operation: threshold.set: 82a400181c016a6f70657261746f722d6102070302a0
    operation: validator.set: 186 bytes, SHA-256 \
    8a4492b0d38b516ff6dee592d670843ae1fb69cbe22f23db0dd1e7df2bf54a1d
    operation: epoch.advance: 82a300181b016a6f70657261746f722d610209a0
    possession, in a running network: 152 bytes, SHA-256 \
    c031e649648b391dcb8f6b297af64fe7d157b493acf93abcd10c103174773a46
    ready: 87 bytes, SHA-256 0c6bd09c2907ebd4402225a2e9a4518d6c840bbfc37009cf8309de22e9891d7d
    payload: 85 bytes, SHA-256 87d3a2aada7397ce8da21e6ecd0b213362c825109392f30041af35bc6ec74f27
    transaction: 568 bytes, SHA-256 1c26870bc05d883ce69fd8e4ad63ac26bae858ec63776eb21593482def7dac93
    transaction id: a800007bb69290907e65bac9dd55fea62fe7ef74a80f3367d00d88e5ccddbdb0
    transaction leaf: 28bebc14e027af8500c88d45aca396ba88871d4c0d75357f244994a71320c616
    operation hash: f1fe50d0cb10806c96bf686c027f8ff987e3eda8443bb09cfe0546fcd41053d0
    operation hash: b709696e96a9e90f62a7688642363488956cda95199650c70afc018ce4dfa142
    to be signed: 173 bytes, SHA-256 \
    0b208b2b3a64535dbd70d295c1e77b629623d3b4a1c5b946fb48ed71f3d08610
    accepted: 80
    refused: 8418780363702d3019012c
    outcome leaf: a7c94662a594b7b24c2320eacd97dac56d45cefd0db3699bce25787ca2f593b6
    header: 234 bytes, SHA-256 a8f82673381a2ebe4f1d8cfcff8d7b2db5f6a86181b01c3a07234cbc5de04797
    block hash: a55d5c4351d7dad5a276ca30c241c7f282d283a4655f2658933a0b77cf2fe826
    block: 816 bytes, SHA-256 664c51780c7e6558c5bdc59ea4283e5f9bd44f9ca5b7daac2744b9b1f542154e
    ballot: 89 bytes, SHA-256 54d04451b695dbd878143f667ae5d549fd973b2af3d9380e7fca9ee6b04ca331
    vote: 73 bytes, SHA-256 a180c682b97f3a4319b84086e6f437ad5306ce893784bade6a191c1d498a7add
    certificate: 243 bytes, SHA-256 77cd9eac035f0830b9d6a275f82b08db4d372a1e4105c37807f40fef0ced2987
    validators: 216 bytes, SHA-256 088581bfca56dd7f2377984a276c2c4a94993940a4c7ef4f448f22b29b0b71c7
    validators hash: 86cc5f813c302d186f308170e0737a667fbf61aba4159c5f2eceecd0a96c44cd
    network file: 2397 bytes, SHA-256 \
    bd7dc122099eac4e50cec56e075107b605ba7c8b50d9ed4aab56d212c4c437bf
    network id: 98ab882c37aff001549f6dd57bc417d89d2b230bd78c97adbad29550de80776b
    genesis state: c8a00e42371dc880b90e085953bbfb05b127870e67faa2d0069156d9d220a290
    genesis block: e6d6007e9da9dbae5f4e2f132e1bf540fa52777e45587ecfda471960896b9519
    history origin: 743bb4402945c299d6dc5ed1a04934683e0579af10d57fea159391abab42a1cb
    history head: cdd0c71b581fd106a728ea4eaddf478bf1862b9704dec8ca5ffef4bec4e59ca0
    state key: vehicle: c001aa0041ff67fb2ce81d2882e4a22e96839a33109787a42554b994393c6d03
    state entry: vehicle: 484 bytes, SHA-256 \
    67263d7812eb9cfb56556c5cccea38d7d3e50c05c4f72c6df3c751fc35635fb6
    state value: vehicle: 173de68af9edff40f816927d878ce9875b31445097f0a2fb31ab886557ac8827
    state key: member: 0dac1fc6c4f3943f705724b5ef19e82e1ab318c62d40484bc2aa55f667de6cf1
    state entry: member: 112 bytes, SHA-256 \
    f806ed737c3b4731c9e9c5f07e0aaf3b451235075f21a0078deeeacc78d4a01b
    state value: member: 0c1f077ae29311068aca4a05a15cb45cee642dfaaf4b6c5f1338b6666e0eec37
    state key: validators: 50fed0552fb7629a898c5791f535aefedd189ed0557b82fa2256cfe73c0a5075
    state entry: validators: 218 bytes, SHA-256 \
    ffbd8b559a468f51cc998b433c454b8b53e21481db1281aa5e8f3427edc07427
    state value: validators: 103a100709bcceb3ecb5072c0b1ff80b13e8e0b649c921f17da3f8caa12a46bf
    state key: governance: 4ca1e3b6b703841f866147cf5ddfd3eef6a5822b1ce4cef2cfc0be041db94b2d
    state entry: governance: 97 bytes, SHA-256 \
    e56fc723b3a04aa0526c41f839e808c53f0032716cf2e01d1ef33d015278621b
    state value: governance: 280fe6a785b60295e29c2c7a5791ce79c97b63d8cc5c6696fd732d8d2ccc9f99
    state key: policy: ce08c31b1056c073c8a2d02def173c6ad73aeaa0d9b793267c544bda9fc452f4
    state entry: policy: 60 bytes, SHA-256 \
    40ba60674794fcc2ad6c0b8660ab1c6698ede6524e4678c6ec6a17c548d66907
    state value: policy: 71b41fab87bfe9de8b462237b7d4b6c7591607bba295d336cf800bce6088115a
    state key: policy, with the next: \
    ce08c31b1056c073c8a2d02def173c6ad73aeaa0d9b793267c544bda9fc452f4
    state entry: policy, with the next: 118 bytes, SHA-256 \
    336a29f9ec536b8367683ff6b8023552bb92edfabd13f469b7505587dec82227
    state value: policy, with the next: \
    44390a921798fc179c4e4204373dd293bb44830d0bca8b344c60caf896668605
    state key: model: 9ae282a85776f123501628da405a5cc2a580ce3581924a0ca58b21cdedd224cd
    state entry: model: 90 bytes, SHA-256 \
    ba7d4036f9b27ad939d28fb2efa23a49750dc14d3e7dd912d5e16e5cb2798299
    state value: model: a2c0bbd85e856d8fa8d9ff3a86161393748d848092d737f98e0f7342fc59a479
    state key: reference: ee8e830b4955aa2103d49ead33f687b5125b972d582e5f1c6abb7b944f56c364
    state entry: reference: 46 bytes, SHA-256 \
    7a1e08ce6e6f4651f6e1849333a842ce80e3ce77550460fe4c08cc66f5f8b1ff
    state value: reference: 4e68fa5010fc8ab0c84c0a9014b7cc641cf5fcfb43c60edbf1cdbc8ed5caed56
    state key: entity: 0d90c019c8b825193aa127c6689c66d7cc462e89ac339624fa7862ca69b40edc
    state entry: entity: 82086662616e6b2d61
    state value: entity: 96a525f43763de449e2b23057949148e25aad6be7e250c30ce6e75921fe7cdcd
    state key: node: 3d6d20f2793352658e3f891393c4de9eab46d3921249f479c0cf18ee05928a40
    state entry: node: 100 bytes, SHA-256 \
    d19403dbc7fc319211019ebeb01a56396b4c958e5243553fd70cd4fee21a7622
    state value: node: 6aa7aa63e03d0c7c5044f84723e0d1e37e7b431724b4fefaf7f2497c261aff14
    state key: key: 04f0c298e29c6aa66f61979b86707d6f557d946d0a15be8d3dcc0e301dde916d
    state entry: key: 820a82686465616c65722d61666d656d626572
    state value: key: 40660906de85200b8ecedf42b47bd9d2fee962cb92db02d893d8ddd530196cdd
    state key: members: 574b7f6a46006945e1c8d592cb2e0dc3feae768dd384a452f5d108e653901e9f
    state entry: members: 109 bytes, SHA-256 \
    f478740d0f844922e005a2dfeb323d684a8c500050ec9b6c98a6ecd2f9cba4ff
    state value: members: 2799da4c01d0618701a630a5240195f16a3f0cac700c87ebbc376612fed551b1
    vehicle leaf: 97 bytes, SHA-256 d991ef59a1c5988dd8c5ee9a3e4677d932006727af210f42e1c63fd9a3b71f2d
    """
}
