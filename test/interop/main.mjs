// Runs Baileys against the simulator, alone and beside a runtime: see docs/simulator.md.
//
// node main.mjs [--update] [--keep]
import { readFile, writeFile } from 'node:fs/promises'
import { alone } from './alone.mjs'
import { beside } from './beside.mjs'
import { Stage } from './processes.mjs'
import { redirect } from './redirect.mjs'
import { say } from './steps.mjs'

const flags = new Set(process.argv.slice(2))
const page = 'docs/simulator.md' // of the checkout, where this runs

// An error that nobody waits for is Baileys' own, such as a query that a reconnect cuts off.
process.on('unhandledRejection', error => say(`        (unhandled: ${error?.message ?? error})`))

// Its library for Signal prints sessions with their keys.
for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {}

const suites = []
for (const [name, suite] of Object.entries({ alone, beside })) {
  const stage = await Stage.open()
  const steps = await suite(stage, redirect(stage))
  await stage.close(steps.failed > 0 || flags.has('--keep'))
  suites.push([name, steps])
  say(`${steps.title}: ${steps.rows.length - steps.failed} of ${steps.rows.length} steps`)
  if (steps.failed > 0) say(`The logs are in ${stage.folder}`)
}
const failed = suites.reduce((sum, [, steps]) => sum + steps.failed, 0)
const stale = failed === 0 && await compare()
process.exit(failed > 0 || stale ? 1 : 0)

// compare holds the page's tables to the steps, or writes them.
async function compare() {
  const before = await readFile(page, 'utf8')
  const after = suites.reduce((text, [name, steps]) => {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
    const from = text.indexOf(begin) + begin.length
    const to = text.indexOf(end)
    if (!text.includes(begin) || to < from) throw new Error(`${page} has no place for the table ${name}`)
    return `${text.slice(0, from)}${steps.table()}\n${text.slice(to)}`
  }, before)
  if (after === before) return false
  if (flags.has('--update')) {
    await writeFile(page, after)
    return false
  }
  say('The tables in docs/simulator.md are not those of this run: make interop UPDATE=1 writes them')
  return true
}
