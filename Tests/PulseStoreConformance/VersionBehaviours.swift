let versionBehaviours: [Behaviour] = []
