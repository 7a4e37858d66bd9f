// Stands for node:child_process in the bundles: loaded when something is run, which `render` and
// the function never do. It is a tenth of their start-up.
module.exports = {
  get spawn() {
    // biome-ignore lint/style/useNodejsImportProtocol: the prefixed name leads back here.
    return require('child_process').spawn;
  },
  get spawnSync() {
    // biome-ignore lint/style/useNodejsImportProtocol: the prefixed name leads back here.
    return require('child_process').spawnSync;
  },
};
