import { channels } from './alone/channels.mjs'
import { groups } from './alone/groups.mjs'
import { labels } from './alone/labels.mjs'
import { media } from './alone/media.mjs'
import { messages } from './alone/messages.mjs'
import { pairing } from './alone/pairing.mjs'
import { presence } from './alone/presence.mjs'
import { settings } from './alone/settings.mjs'
import { status } from './alone/status.mjs'
import { ends, retries, reconnects } from './alone/trouble.mjs'
import { addPeople } from './people.mjs'
import { Steps } from './steps.mjs'

// alone runs two Baileys clients, of Alice and of Bob, and Carol's phone.
export async function alone(stage, options) {
  const steps = new Steps('Baileys alone', ['What is done', 'What is seen'])
  const world = { stage, options, control: stage.control, step: (done, seen, run) => steps.step([done, seen], run) }
  await addPeople(stage.control)
  await pairing(world)
  if (steps.failed > 0) return steps // nothing else could pass
  for (const part of [messages, media, groups, channels, presence, status, settings, labels, retries, reconnects, ends]) await part(world)
  return steps
}
