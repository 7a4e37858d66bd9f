# The formula for Homebrew: `npm run release` fills in what is in {{ }}.
class RemSecrets < Formula
  desc "Finds broken references between Secrets and their readers"
  homepage "{{ url }}"
  url "{{ url }}/releases/download/v{{ version }}/{{ package }}"
  sha256 "{{ package sha256 }}"
  license "Apache-2.0"

  depends_on "kustomize"
  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
  end

  test do
    system bin/"rem-secrets", "init", "--yes", "--name", "shop"
    system bin/"rem-secrets", "expand"
    assert_match "no findings", shell_output("#{bin}/rem-secrets lint")
  end
end
