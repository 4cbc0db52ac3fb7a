// The site is docs/ as it is, which hack/make/site.sh puts beside this folder. Its
// navigation is the list in docs/README.md, so that there is one.
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = 'https://github.com/wasession/wasession'
const docs = join(dirname(fileURLToPath(import.meta.url)), '../docs')

// sections are the headings of docs/README.md with the pages listed under each.
function sections() {
  const found = []
  for (const line of readFileSync(join(docs, 'README.md'), 'utf8').split('\n')) {
    const heading = line.match(/^## (.+)/)
    const page = line.match(/^- \[([^\]]+)\]\(([^)]+)\)/)
    if (heading) {
      found.push({ text: heading[1], items: [] })
    } else if (page && found.length > 0) {
      const link = target(page[2], 'README.md')
      found.at(-1).items.push({ text: page[1], link: link.startsWith('http') ? link : '/' + link.replace(/(README)?\.md$/, '') })
    }
  }
  return found
}

// target is where a link of a page leads: what lies outside docs/ is shown by the
// repository's host.
function target(href, page) {
  if (/^([a-z]+:|#|\/)/.test(href)) return href
  const path = posix.normalize(posix.join('docs', posix.dirname(page), href))
  if (!path.startsWith('docs/')) return `${repository}/blob/main/${path}`
  // Folders have no page unless they have a README.
  return /\.\w+(#|$)/.test(path) ? posix.relative(posix.join('docs', posix.dirname(page)), path) : `${repository}/tree/main/${path}`
}

// markdown shows inline code as it is, where Vue would take {{ }} in it for an
// expression, and leads links out of docs/ to the repository.
function markdown(md) {
  md.core.ruler.push('inline-code-and-links', (state) => {
    for (const block of state.tokens) {
      for (const token of block.children ?? []) {
        if (token.type === 'code_inline') token.attrSet('v-pre', '')
        if (token.type === 'link_open') token.attrSet('href', target(token.attrGet('href'), state.env.relativePath))
      }
    }
  })
}

// slug names a heading as GitHub does, so that links work at both.
const slug = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replace(/ /g, '-')

export default {
  title: 'wasession',
  description: 'WhatsApp sessions on Kubernetes',
  srcDir: 'docs',
  outDir: 'site',
  // Where the site lies on its host, such as /wasession/ on GitHub Pages.
  base: process.env.SITE_BASE || '/',
  cleanUrls: true,
  ignoreDeadLinks: 'localhostLinks',
  rewrites: { 'README.md': 'index.md', ':folder/README.md': ':folder/index.md' },
  markdown: { config: markdown, anchor: { slugify: slug }, toc: { slugify: slug } },
  themeConfig: {
    sidebar: sections(),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
  },
}
