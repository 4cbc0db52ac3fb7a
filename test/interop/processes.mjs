import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until, within } from './await.mjs'
import { Control } from './control.mjs'
import { Runtime } from './runtime.mjs'

const bin = 'bin' // of the checkout, where this runs

// By itself a signal ends a process without the event exit, and so would leave the children.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]))
}

// Stage is the simulator, the runtimes beside it, and a folder for their files. close
// ends them all.
export class Stage {
  #children = []

  static async open() {
    const stage = new Stage()
    stage.folder = await mkdtemp(join(tmpdir(), 'wasession-interop-'))
    const simulator = stage.#start('simulator', ['--fixture', 'none'], {}, ['ignore', 'pipe', stage.#log('simulator')])
    stage.variables = await within('the simulator to start', variables(simulator))
    stage.control = new Control(stage.variables.WHATSAPP_ENDPOINT)
    return stage
  }

  get endpoint() { return this.variables.WHATSAPP_ENDPOINT }
  get rootKey() { return this.variables.WHATSAPP_ROOT_KEY }

  // runtime starts a runtime of the name, or starts it again with its data.
  async runtime(name) {
    const port = await freePort()
    const key = 'interop'
    const log = this.#log(name)
    const child = this.#start('runtime', ['--data', join(this.folder, name), '--session', name, '--listen', `127.0.0.1:${port}`],
      { ...this.variables, WASESSION_API_KEY: key }, ['ignore', log, log])
    const runtime = new Runtime(`http://127.0.0.1:${port}`, name, key, () => stop(child))
    await until('the runtime to start', () => runtime.up())
    return runtime
  }

  #log(name) { return openSync(join(this.folder, `${name}.log`), 'a') }

  #start(command, args, env, stdio) {
    const child = spawn(join(bin, `wasession-${command}`), args, { env: { ...process.env, ...env }, stdio })
    this.#children.push(child)
    process.once('exit', () => child.kill('SIGKILL')) // however this one ends
    return child
  }

  async close(keep) {
    await Promise.all(this.#children.map(stop))
    if (!keep) await rm(this.folder, { recursive: true })
  }
}

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  return within('a process to end', ended)
}

// variables returns what the simulator prints for a runtime.
function variables(child) {
  return new Promise((resolve, reject) => {
    const found = {}
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the simulator ended with ${code}`)))
    createInterface(child.stdout).on('line', line => {
      const [name, value] = line.split('=')
      if (name.startsWith('WHATSAPP_')) found[name] = value
      if (found.WHATSAPP_ENDPOINT && found.WHATSAPP_ROOT_KEY) resolve(found)
    })
  })
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
