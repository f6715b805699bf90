// Svelte's compiler for the interface: runes everywhere, type annotations are stripped by the compiler itself.
export default { compilerOptions: { runes: true } };
